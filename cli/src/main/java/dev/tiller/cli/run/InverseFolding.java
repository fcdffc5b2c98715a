package dev.tiller.cli.run;

import dev.tiller.finetune.data.BackboneTable;
import dev.tiller.rewards.Condition;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Backbones;
import dev.tiller.rewards.protein.Structure;
import dev.tiller.rewards.protein.StructureFile;
import dev.tiller.sampler.Conditions;
import dev.tiller.sampler.masked.Layout;
import dev.tiller.sampler.masked.Layouts;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The backbones of a job, read, and what is given of each design for them. Sample i is a design for
 * backbone i mod n, so that a run that is longer makes more designs for each.
 */
public final class InverseFolding {
    /** Bits of an address that count the designs of one backbone. */
    private static final int DESIGN_BITS = 20;

    private final List<Backbone> backbones = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final BackboneSampling settings;
    private final Layouts layouts;

    /**
     * Reads the structures.
     *
     * @param settings what is designed for
     * @param alphabet the letters of the model, token 0 first
     * @throws IllegalArgumentException if a structure cannot be read, or does not have what the
     *     settings name
     */
    InverseFolding(BackboneSampling settings, String alphabet) {
        this.settings = settings;
        Set<Backbone> different = new HashSet<>();
        List<Layout> all = new ArrayList<>();
        for (String file : settings.structures()) {
            for (Backbone backbone : read(file)) {
                if (!different.add(backbone)) {
                    throw new IllegalArgumentException(
                            "--structures must differ, got "
                                    + backbone.name()
                                    + " of "
                                    + file
                                    + " twice; raise --num for more designs of it");
                }
                backbones.add(backbone);
                all.add(layout(backbone, alphabet));
            }
        }
        layouts = new Layouts(all, Conditions.inTurn(backbones.size()));
    }

    /**
     * Tells whether a model designs proteins for backbones.
     *
     * @param config a model
     * @return true if it reads a backbone
     */
    public static boolean is(ModelConfig config) {
        return config.kind() == ModelConfig.Kind.DENOISER
                && config.architecture().equals(ProteinMpnn.NAME);
    }

    private List<Backbone> read(String file) {
        if (file.equals(BackboneSampling.EXAMPLE)) {
            return List.of(part(Backbones.example()));
        }
        if (file.endsWith(".jsonl") || file.endsWith(".jsonl.gz")) {
            return lines(Path.of(file));
        }
        Structure structure = StructureFile.read(Path.of(file), settings.residues());
        structure.notes().forEach(note -> notes.add(file + ": " + note));
        return List.of(structure.backbone());
    }

    private Backbone part(Backbone backbone) {
        return settings.residues() == null ? backbone : backbone.part(settings.residues());
    }

    /** A backbone for each line of JSON. */
    private List<Backbone> lines(Path file) {
        try {
            BackboneTable.Backbones table = BackboneTable.read(List.of(file), 1, Integer.MAX_VALUE);
            if (table.missingResidues() > 0) {
                notes.add(file + ": left out " + table.missingResidues() + " without all atoms");
            }
            return table.backbones().stream().map(this::part).toList();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--structures must be files that can be read, got " + file + ": " + e, e);
        }
    }

    private Layout layout(Backbone backbone, String alphabet) {
        int length = backbone.length();
        BitSet fixed = settings.fixed() == null ? new BitSet() : backbone.select(settings.fixed());
        if (fixed.cardinality() == length) {
            throw new IllegalArgumentException(
                    "--fixed must leave residues to design, got all of " + backbone.name());
        }
        int[] leaders = TiedChains.leaders(settings.tiedChains(), backbone);
        int[] given = new int[length];
        String sequence = backbone.sequence();
        for (int i = 0; i < length; i++) {
            given[i] = fixed.get(i) ? alphabet.indexOf(sequence.charAt(i)) : Layout.FREE;
        }
        return new Layout(given, leaders);
    }

    /** Returns the backbones, condition 0 first. */
    List<Backbone> backbones() {
        return List.copyOf(backbones);
    }

    /** Returns remarks on what was read, each one line. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /** Returns the layout of each design. */
    Layouts layouts() {
        return layouts;
    }

    /** Returns what rewards are told of a condition. */
    Optional<Condition> condition(int number) {
        return Optional.of(backbones.get(number));
    }

    /** Returns the backbone of a design. */
    Backbone backbone(long sampleId) {
        return backbones.get(layouts.condition(sampleId));
    }

    /** Returns the number of a design among those for its backbone, from 0. */
    long number(long sampleId) {
        return sampleId / backbones.size();
    }

    /** Returns the address of a design: what its backbone is, and its number among those for it. */
    long address(long sampleId) {
        long own = Long.parseLong(backbone(sampleId).id().substring(0, 7), 16);
        return own << DESIGN_BITS | number(sampleId);
    }

    /** Returns what is added to log p of each letter at each position, by condition. */
    List<float[]> biases(String alphabet) {
        LetterBias bias = LetterBias.of(settings, alphabet);
        return backbones.stream().map(bias::table).toList();
    }
}
