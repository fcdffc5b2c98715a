package dev.tiller.rewards.molecule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openscience.cdk.interfaces.IAtomContainer;
import org.openscience.cdk.silent.SilentChemObjectBuilder;
import org.openscience.cdk.smarts.Smarts;

final class AtomKindsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "[CX4][Cl,Br,I] CCO false",
                "[CX4][Cl,Br,I] CCBr true",
                "[CX4][Cl,Br,I] c1ccccc1Br false",
                "[N+](=O)[O-] CC(=O)N false",
                "[N+](=O)[O-] C[N+](=O)[O-] true",
                "C(=O)O.C(=O)O OC(=O)C=O false",
                "[#6]=S C=S true",
                "[c,n]1ccccc1 C1=CC=CC=C1 true",
                "[!#6] CC true",
                "[*]~[*] C true",
                "[$([N;R])][O-] CO false"
            })
    void tellsWhatCannotMatch(String smarts, String smiles, boolean expected) {
        IAtomContainer query = SilentChemObjectBuilder.getInstance().newAtomContainer();
        Smarts.parse(query, smarts);
        AtomKinds needed = AtomKinds.of(query);
        assertEquals(expected, needed.mayBeIn(Molecule.parse(smiles).kinds()));
    }
}
