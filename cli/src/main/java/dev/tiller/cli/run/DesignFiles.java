package dev.tiller.cli.run;

import dev.tiller.rewards.Notation;
import java.io.IOException;
import java.util.List;

/** The files of designs as text, in the formats of their field. */
interface DesignFiles {
    /** Returns the formats of a notation. */
    static DesignFiles of(Notation notation) {
        return switch (notation) {
            case SEQUENCE -> FastaDesigns::write;
            case SMILES -> MoleculeDesigns::write;
        };
    }

    /** Returns the file that is named first to the user. */
    static String main(Notation notation) {
        return notation == Notation.SMILES ? RunFolder.SMILES : RunFolder.FASTA;
    }

    /** Writes the files, each to a temporary name first. */
    void write(RunFolder folder, List<DesignRow> designs, SamplingJob job) throws IOException;
}
