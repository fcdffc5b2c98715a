package dev.tiller.cli.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Designs as an Arrow IPC file: {@code sample_id} int64, {@code design} utf8, {@code reward} and
 * {@code referee} float64 (null without a referee), {@code seed} int64, and float64 columns for the
 * components of the reward and the particles.
 */
final class ArrowDesigns {
    private static final int ROWS_PER_BATCH = 65_536;
    private static final int FIXED_COLUMNS = 5;

    private ArrowDesigns() {}

    private static Schema schema(List<String> columns, Map<String, String> metadata) {
        ArrowType int64 = new ArrowType.Int(64, true);
        ArrowType float64 = new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
        List<Field> fields =
                new ArrayList<>(
                        List.of(
                                new Field("sample_id", FieldType.notNullable(int64), null),
                                new Field(
                                        "design",
                                        FieldType.notNullable(new ArrowType.Utf8()),
                                        null),
                                new Field("reward", FieldType.notNullable(float64), null),
                                new Field("referee", FieldType.nullable(float64), null),
                                new Field("seed", FieldType.notNullable(int64), null)));
        for (String column : columns) {
            fields.add(new Field(column, FieldType.nullable(float64), null));
        }
        return new Schema(fields, metadata);
    }

    static void write(Path file, List<DesignRow> designs, long seed, Map<String, String> metadata)
            throws IOException {
        List<String> columns =
                designs.stream()
                        .flatMap(row -> row.columns().keySet().stream())
                        .distinct()
                        .toList();
        try (RootAllocator allocator = new RootAllocator();
                VectorSchemaRoot root =
                        VectorSchemaRoot.create(schema(columns, metadata), allocator);
                FileChannel channel =
                        FileChannel.open(
                                file,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE);
                ArrowFileWriter writer = new ArrowFileWriter(root, null, channel)) {
            writer.start();
            for (int start = 0; start < designs.size(); start += ROWS_PER_BATCH) {
                int end = Math.min(designs.size(), start + ROWS_PER_BATCH);
                fill(root, designs.subList(start, end), columns, seed);
                writer.writeBatch();
            }
            writer.end();
        }
    }

    static List<DesignRow> read(Path file) throws IOException {
        List<DesignRow> designs = new ArrayList<>();
        try (RootAllocator allocator = new RootAllocator();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            while (reader.loadNextBatch()) {
                BigIntVector ids = (BigIntVector) root.getVector("sample_id");
                VarCharVector texts = (VarCharVector) root.getVector("design");
                Float8Vector rewards = (Float8Vector) root.getVector("reward");
                Float8Vector referees = (Float8Vector) root.getVector("referee");
                List<FieldVector> others =
                        root.getFieldVectors()
                                .subList(FIXED_COLUMNS, root.getFieldVectors().size());
                for (int i = 0; i < root.getRowCount(); i++) {
                    Map<String, Double> columns = new TreeMap<>();
                    for (FieldVector other : others) {
                        columns.put(other.getName(), get((Float8Vector) other, i));
                    }
                    designs.add(
                            new DesignRow(
                                    ids.get(i),
                                    new String(texts.get(i), StandardCharsets.UTF_8),
                                    rewards.get(i),
                                    get(referees, i),
                                    columns));
                }
            }
        }
        return designs;
    }

    private static void fill(
            VectorSchemaRoot root, List<DesignRow> designs, List<String> columns, long seed) {
        root.allocateNew();
        BigIntVector ids = (BigIntVector) root.getVector("sample_id");
        VarCharVector texts = (VarCharVector) root.getVector("design");
        Float8Vector rewards = (Float8Vector) root.getVector("reward");
        Float8Vector referees = (Float8Vector) root.getVector("referee");
        BigIntVector seeds = (BigIntVector) root.getVector("seed");
        for (int i = 0; i < designs.size(); i++) {
            DesignRow row = designs.get(i);
            ids.setSafe(i, row.sampleId());
            texts.setSafe(i, row.design().getBytes(StandardCharsets.UTF_8));
            rewards.setSafe(i, row.reward());
            set(referees, i, row.referee());
            seeds.setSafe(i, seed);
            for (String column : columns) {
                double value = row.columns().getOrDefault(column, Double.NaN);
                set((Float8Vector) root.getVector(column), i, value);
            }
        }
        root.setRowCount(designs.size());
    }

    private static void set(Float8Vector vector, int row, double value) {
        if (Double.isNaN(value)) {
            vector.setNull(row);
        } else {
            vector.setSafe(row, value);
        }
    }

    private static double get(Float8Vector vector, int row) {
        return vector.isNull(row) ? Double.NaN : vector.get(row);
    }
}
