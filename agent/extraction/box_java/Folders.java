package figwright.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Folders below the temporary one that the program was told of: what lies in them is part of where a request was recorded. */
final class Folders {
    private static final int MOST = 500;
    private static final long LARGEST = 4 << 20;

    private Folders() {
    }

    /** Paths of that kind among dumped values. */
    static Collection<String> named(Object value) {
        TreeSet<String> found = new TreeSet<String>();
        collect(value, found);
        return found;
    }

    private static void collect(Object value, Collection<String> found) {
        if (value instanceof Map) {
            for (Object one : ((Map<?, ?>) value).values()) {
                collect(one, found);
            }
        } else if (value instanceof List) {
            for (Object one : (List<?>) value) {
                collect(one, found);
            }
        } else if (value instanceof String && ((String) value).matches("/tmp/[\\w./+-]{1,200}")) {
            String path = (String) value;
            if (!path.contains("..") && !path.startsWith("/tmp/figwright") && !path.startsWith("/tmp/bash")) {
                found.add(path);
            }
        }
    }

    /** path -> digest of every file in them. */
    static Map<String, String> files(Collection<String> folders, Blobs blobs) throws IOException {
        Map<String, String> found = new TreeMap<String, String>();
        for (String folder : folders) {
            if (!Files.isDirectory(Paths.get(folder))) {
                continue;
            }
            for (Path one : below(folder)) {
                if (Files.isRegularFile(one) && Files.size(one) <= LARGEST && found.size() < MOST) {
                    byte[] content = Files.readAllBytes(one);
                    found.put(one.toString(), blobs == null ? Blobs.digest(content) : blobs.put(content));
                }
            }
        }
        return found;
    }

    private static List<Path> below(String folder) throws IOException {
        try (Stream<Path> all = Files.walk(Paths.get(folder))) {
            return all.sorted().collect(Collectors.toList());
        }
    }

    /** Exactly these files, and the folders that were there. */
    static void restore(Collection<String> named, Collection<String> folders, Map<String, Object> files, Blobs blobs) throws IOException {
        for (String folder : named) {
            if (Files.isDirectory(Paths.get(folder))) {
                for (Path one : below(folder)) {
                    if (Files.isRegularFile(one) && !files.containsKey(one.toString())) {
                        Files.delete(one);
                    }
                }
            }
        }
        for (String folder : folders) {
            Files.createDirectories(Paths.get(folder));
        }
        for (Map.Entry<String, Object> entry : files.entrySet()) {
            Path place = Paths.get(entry.getKey());
            Files.createDirectories(place.getParent());
            Files.write(place, blobs.get((String) entry.getValue()));
        }
    }

    static List<String> there(Collection<String> folders) {
        List<String> found = new ArrayList<String>();
        for (String folder : folders) {
            if (Files.isDirectory(Paths.get(folder))) {
                found.add(folder);
            }
        }
        return found;
    }
}
