package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;

/** The acidity at which a protein has no net charge; see {@link Charge}. */
public final class IsoelectricPoint {
    private IsoelectricPoint() {}

    /** Listed in META-INF/services under the name {@code isoelectric-point}. */
    public static final class Provider extends PropertyProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    "isoelectric-point",
                    "Acidity at which a protein has no net charge (Bjellqvist).",
                    Charge::isoelectricPoint,
                    NumberForm.VALUE);
        }
    }
}
