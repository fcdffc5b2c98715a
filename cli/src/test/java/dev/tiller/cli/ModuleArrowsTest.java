package dev.tiller.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom; ARCHITECTURE.md draws the same arrows. */
@AnalyzeClasses(
        packages = "dev.tiller",
        importOptions = {ImportOption.DoNotIncludeTests.class})
class ModuleArrowsTest {
    @ArchTest
    static final ArchRule arrows =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("sampler")
                    .definedBy("dev.tiller.sampler..")
                    .layer("rewards")
                    .definedBy("dev.tiller.rewards..")
                    .layer("guidance")
                    .definedBy("dev.tiller.guidance..")
                    .layer("model-zoo")
                    .definedBy("dev.tiller.zoo..")
                    .layer("finetune")
                    .definedBy("dev.tiller.finetune..")
                    .layer("cli")
                    .definedBy("dev.tiller.cli..")
                    .whereLayer("cli")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("finetune")
                    .mayOnlyBeAccessedByLayers("cli")
                    .whereLayer("guidance")
                    .mayOnlyBeAccessedByLayers("finetune", "cli")
                    .whereLayer("model-zoo")
                    .mayOnlyBeAccessedByLayers("finetune", "cli")
                    .whereLayer("rewards")
                    .mayOnlyBeAccessedByLayers("guidance", "model-zoo", "finetune", "cli")
                    .whereLayer("sampler")
                    .mayOnlyBeAccessedByLayers("guidance", "model-zoo", "finetune", "cli");

    /** Libraries compile against DJL's interfaces; the engine is chosen at run time. */
    @ArchTest
    static final ArchRule noEngineClasses =
            noClasses()
                    .that()
                    .resideInAPackage("dev.tiller..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("ai.djl.pytorch..");

    @ArchTest
    static final ArchRule rewardsDoNotKnowTensors =
            noClasses()
                    .that()
                    .resideInAPackage("dev.tiller.rewards..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("dev.tiller.(*)..").should().beFreeOfCycles();

    /** Kinds are not subjects. */
    @ArchTest
    static final ArchRule packagesAreSubjects =
            noClasses()
                    .should()
                    .resideInAnyPackage(
                            "dev.tiller..util..",
                            "dev.tiller..utils..",
                            "dev.tiller..impl..",
                            "dev.tiller..common..");
}
