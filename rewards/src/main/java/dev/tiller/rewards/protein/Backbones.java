package dev.tiller.rewards.protein;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Backbones that come with the program. */
public final class Backbones {
    /** The name of {@link #example()}. */
    public static final String EXAMPLE = "helix-bundle";

    private Backbones() {}

    /**
     * Returns an example to try things with: a bundle of three helices of 18 residues, 61 in all,
     * made of ideal bond lengths, bond angles and torsion angles. It is nobody's structure; its
     * sequence was written by hand, with hydrophobic residues inside.
     *
     * @return the backbone {@value #EXAMPLE}, one chain A numbered from 1
     */
    public static Backbone example() {
        String resource = EXAMPLE + ".pdb";
        try (InputStream in = Backbones.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(
                        "resource " + resource + " is missing; install again");
            }
            List<String> lines =
                    new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
            AtomSite.Model model = PdbText.read(resource, lines);
            return StructureReader.read(resource, EXAMPLE, model, null).backbone();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + resource, e);
        }
    }
}
