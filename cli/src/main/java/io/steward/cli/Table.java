package io.steward.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Columns, as wide as they need; the last one takes what is left.
final class Table {
    private final List<String[]> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(heads);
    }

    void row(String... cells) {
        rows.add(cells);
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    void print(Shell shell) {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], oneLine(row[i]).length());
            }
        }
        boolean head = true;
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = oneLine(row[i]);
                line.append(cell);
                if (i < columns - 1) {
                    line.repeat(' ', widths[i] - cell.length() + 2);
                }
            }
            String text = line.toString().stripTrailing();
            shell.say(head ? text.toUpperCase(Locale.ROOT) : text);
            head = false;
        }
    }

    private static String oneLine(String cell) {
        return cell.replace('\n', ' ').replace('\t', ' ');
    }
}
