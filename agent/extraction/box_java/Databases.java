package figwright.tools;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

/** H2 databases within this process: their content as the SQL that makes it again, and as cells. */
public final class Databases {
    private Databases() {
    }

    /** What names the database, apart from its settings. */
    public static String nameOf(String url) {
        int end = url.indexOf(';');
        return end < 0 ? url : url.substring(0, end);
    }

    public static boolean isKept(String url) {
        return url.startsWith("jdbc:h2:mem:") && !url.startsWith("jdbc:h2:mem:;") && !url.equals("jdbc:h2:mem:");
    }

    /** Null when there is no such database (any more). */
    public static byte[] script(Driver driver, String url, Properties info) throws SQLException {
        try (Connection connection = driver.connect(bare(url), info); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SCRIPT SIMPLE NOPASSWORDS NOSETTINGS")) {
            StringBuilder found = new StringBuilder();
            while (rows.next()) {
                String line = rows.getString(1);
                if (!line.startsWith("--") && !line.startsWith("CREATE USER ")) {
                    found.append(line).append("\u0000\n");
                }
            }
            return found.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    private static String bare(String url) {
        // What a program has done when it first connects is in the database already
        return url.replaceAll("(?i);INIT=(?:[^;\\\\]|\\\\.){0,4000}", "");
    }

    public static void restore(Connection connection, byte[] script) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP ALL OBJECTS");
            for (String line : new String(script, StandardCharsets.UTF_8).split("\u0000\n")) {
                if (!line.trim().isEmpty()) {
                    statement.execute(line);
                }
            }
        }
    }

    /** table -> row -> column -> text */
    public static Map<String, Map<String, Map<String, String>>> cells(Connection connection) throws SQLException {
        Map<String, Map<String, Map<String, String>>> found = new TreeMap<String, Map<String, Map<String, String>>>();
        DatabaseMetaData about = connection.getMetaData();
        List<String[]> tables = new ArrayList<String[]>();
        try (ResultSet rows = about.getTables(null, null, "%", new String[] {"TABLE", "BASE TABLE"})) {
            while (rows.next()) {
                if (!"INFORMATION_SCHEMA".equals(rows.getString("TABLE_SCHEM"))) {
                    tables.add(new String[] {rows.getString("TABLE_SCHEM"), rows.getString("TABLE_NAME")});
                }
            }
        }
        for (String[] table : tables) {
            List<String> keys = new ArrayList<String>();
            try (ResultSet rows = about.getPrimaryKeys(null, table[0], table[1])) {
                while (rows.next()) {
                    keys.add(rows.getString("COLUMN_NAME"));
                }
            }
            String name = "PUBLIC".equals(table[0]) ? table[1] : table[0] + "." + table[1];
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT * FROM \"" + table[0] + "\".\"" + table[1] + "\"")) {
                found.put(name, rowsOf(rows, keys));
            }
        }
        return found;
    }

    private static Map<String, Map<String, String>> rowsOf(ResultSet rows, List<String> keys) throws SQLException {
        Map<String, Map<String, String>> found = new LinkedHashMap<String, Map<String, String>>();
        ResultSetMetaData about = rows.getMetaData();
        while (rows.next()) {
            Map<String, String> row = new TreeMap<String, String>();
            for (int i = 1; i <= about.getColumnCount(); i++) {
                byte[] raw = about.getColumnTypeName(i).matches("BLOB|BINARY.*|VARBINARY") ? rows.getBytes(i) : null;
                row.put(about.getColumnName(i), raw != null ? "sha256:" + Blobs.digest(raw) : rows.getString(i));
            }
            StringBuilder key = new StringBuilder();
            for (String column : keys) {
                key.append(key.length() == 0 ? "" : ", ").append(row.get(column));
            }
            String name = keys.isEmpty() ? String.valueOf(row) : key.toString();
            for (int again = 2; found.containsKey(name); again++) {
                name = (keys.isEmpty() ? String.valueOf(row) : key.toString()) + " #" + again;
            }
            found.put(name, row);
        }
        return found;
    }

    /** [database, table, row, column, before, after] of each cell that differs. */
    public static List<List<String>> changes(String database, Map<String, Map<String, Map<String, String>>> before,
            Map<String, Map<String, Map<String, String>>> after) {
        List<List<String>> found = new ArrayList<List<String>>();
        TreeSet<String> tables = new TreeSet<String>(before.keySet());
        tables.addAll(after.keySet());
        for (String table : tables) {
            Map<String, Map<String, String>> ours = before.getOrDefault(table, new TreeMap<String, Map<String, String>>());
            Map<String, Map<String, String>> theirs = after.getOrDefault(table, new TreeMap<String, Map<String, String>>());
            TreeSet<String> rows = new TreeSet<String>(ours.keySet());
            rows.addAll(theirs.keySet());
            for (String row : rows) {
                Map<String, String> one = ours.get(row);
                Map<String, String> other = theirs.get(row);
                if (Objects.equals(one, other)) {
                    continue;
                }
                for (String column : (one == null ? other : one).keySet()) {
                    String was = one == null ? null : one.get(column);
                    String is = other == null ? null : other.get(column);
                    if (one == null || other == null || !Objects.equals(was, is)) {
                        found.add(Arrays.asList(database, table, row, column, one == null ? null : String.valueOf(was), other == null ? null : String.valueOf(is)));
                    }
                }
            }
        }
        return found;
    }
}
