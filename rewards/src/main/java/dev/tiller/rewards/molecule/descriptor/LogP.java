package dev.tiller.rewards.molecule.descriptor;

import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.Substructure;
import dev.tiller.rewards.molecule.TableResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openscience.cdk.interfaces.IAtom;

/**
 * The logarithm of the partition coefficient between octanol and water, as the sum of contributions
 * of atoms by their type (Wildman and Crippen, JCICS 39, 1999).
 */
public final class LogP {
    private static final String HYDROGEN = "H";
    private static final Map<String, List<AtomType>> TYPES = types();

    private LogP() {}

    /**
     * Returns log P.
     *
     * @param molecule the molecule
     * @return the sum over its atoms, hydrogens included; an atom of no type adds nothing
     */
    public static double of(Molecule molecule) {
        double sum = 0;
        for (IAtom atom : molecule.container().atoms()) {
            sum += contribution(atom.getAtomicNumber().toString(), atom);
            int hydrogens = atom.getImplicitHydrogenCount();
            sum += hydrogens == 0 ? 0 : hydrogens * contribution(HYDROGEN, atom);
        }
        return sum;
    }

    private static double contribution(String of, IAtom atom) {
        for (AtomType type : TYPES.getOrDefault(of, List.of())) {
            if (type.pattern().startsAt(atom)) {
                return type.contribution();
            }
        }
        return 0;
    }

    private static Map<String, List<AtomType>> types() {
        Map<String, List<AtomType>> types = new TreeMap<>();
        for (String[] row : TableResource.rows(LogP.class, "logp.tsv")) {
            AtomType type = new AtomType(Substructure.of(row[1]), Double.parseDouble(row[2]));
            for (String element : row[0].split(",")) {
                types.computeIfAbsent(element, key -> new ArrayList<>()).add(type);
            }
        }
        return types;
    }

    private record AtomType(Substructure pattern, double contribution) {}

    /** Listed in META-INF/services under the name {@code logp}. */
    public static final class Provider extends DescriptorProvider {

        /** Made by the service loader. */
        public Provider() {
            super("logp", "Wildman-Crippen log P of a molecule.", LogP::of, -20, 20);
        }
    }
}
