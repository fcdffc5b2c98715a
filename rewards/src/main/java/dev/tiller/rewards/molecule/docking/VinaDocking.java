package dev.tiller.rewards.molecule.docking;

import dev.tiller.rewards.external.ExternalProgram;
import dev.tiller.rewards.external.ProgramFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Docks one molecule: Open Babel makes coordinates and charges, Vina finds the best pose. */
final class VinaDocking {
    private static final String RESULT = "REMARK VINA RESULT:";
    private static final String LOG = "program.log";
    private static final String[] AXES = {"x", "y", "z"};

    private final DockingOptions options;
    private final Receptor receptor;

    VinaDocking(DockingOptions options, Receptor receptor) {
        this.options = options;
        this.receptor = receptor;
    }

    /** Returns the affinity of the best pose in kcal/mol. */
    double affinity(String smiles) throws DockFailure, InterruptedException {
        try {
            Path folder = Files.createTempDirectory("tiller-dock");
            try {
                prepare(smiles, folder);
                run(DockStep.DOCKING, command(), folder);
                return result(folder);
            } finally {
                ExternalProgram.deleteFolder(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("docking must have a folder for its files: " + e, e);
        }
    }

    private void prepare(String smiles, Path folder)
            throws DockFailure, IOException, InterruptedException {
        Files.writeString(folder.resolve("ligand.smi"), smiles + "\n");
        List<String> command =
                List.of(options.obabel(), "ligand.smi", "--gen3d", "-O", "ligand.pdbqt");
        run(DockStep.LIGAND, command, folder);
        Path ligand = folder.resolve("ligand.pdbqt");
        boolean atoms =
                Files.exists(ligand)
                        && Files.readAllLines(ligand).stream()
                                .anyMatch(
                                        line ->
                                                line.startsWith("ATOM")
                                                        || line.startsWith("HETATM"));
        if (!atoms) {
            throw new DockFailure(
                    DockStep.LIGAND,
                    "no atoms were written" + ExternalProgram.lastLine(folder.resolve(LOG)));
        }
    }

    private void run(DockStep step, List<String> command, Path folder)
            throws DockFailure, IOException, InterruptedException {
        try {
            ExternalProgram.run(command, folder, folder.resolve(LOG), options.timeoutSeconds());
        } catch (ProgramFailure e) {
            throw new DockFailure(step, e.getMessage());
        }
    }

    private List<String> command() {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                options.vina(),
                                "--receptor",
                                receptor.file().toString(),
                                "--ligand",
                                "ligand.pdbqt",
                                "--out",
                                "pose.pdbqt",
                                "--num_modes",
                                "1",
                                "--cpu",
                                "1"));
        command.addAll(List.of("--seed", Integer.toString(options.seed())));
        command.addAll(List.of("--exhaustiveness", Integer.toString(options.exhaustiveness())));
        for (int i = 0; i < AXES.length; i++) {
            command.addAll(List.of("--center_" + AXES[i], options.center().get(i).toString()));
            command.addAll(List.of("--size_" + AXES[i], options.size().get(i).toString()));
        }
        return command;
    }

    private static double result(Path folder) throws DockFailure, IOException {
        Path pose = folder.resolve("pose.pdbqt");
        if (Files.exists(pose)) {
            for (String line : Files.readAllLines(pose)) {
                if (line.startsWith(RESULT)) {
                    return number(line.substring(RESULT.length()).strip().split("\\s+")[0]);
                }
            }
        }
        throw new DockFailure(
                DockStep.DOCKING,
                "no pose was written" + ExternalProgram.lastLine(folder.resolve(LOG)));
    }

    private static double number(String text) throws DockFailure {
        try {
            double affinity = Double.parseDouble(text);
            if (Double.isFinite(affinity)) {
                return affinity;
            }
        } catch (NumberFormatException e) { // the same failure as a number that is not finite
            throw new DockFailure(DockStep.DOCKING, "affinity is no number: " + text);
        }
        throw new DockFailure(DockStep.DOCKING, "affinity is not finite: " + text);
    }
}
