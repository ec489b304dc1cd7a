package figwright.tools;

import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.CodeSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The program's own classes in this process: what their static fields hold, and the words in them. */
final class Loaded {
    private final Instrumentation instrumentation;
    private final String repository;
    private Set<String> literals;

    Loaded(Instrumentation instrumentation, String repository) {
        this.instrumentation = instrumentation;
        this.repository = repository;
    }

    /** Words in the program's own classes: among them are the names under which it keeps things in a session. */
    synchronized Set<String> literals() {
        if (literals == null) {
            literals = new TreeSet<String>();
            String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
            for (String entry : path.split(File.pathSeparator)) {
                Path place = Paths.get(entry).toAbsolutePath();
                if (entry.isEmpty() || !place.startsWith(repository) || isTests(place.toString()) || !Files.isDirectory(place)) {
                    continue;
                }
                try (java.util.stream.Stream<Path> found = Files.walk(place)) {
                    for (Path one : (Iterable<Path>) found.filter(each -> each.toString().endsWith(".class"))::iterator) {
                        collect(new org.objectweb.asm.ClassReader(Files.readAllBytes(one)));
                    }
                } catch (IOException | RuntimeException odd) {
                    System.err.println("figwright: " + place + " cannot be read: " + odd);
                }
            }
        }
        return literals;
    }

    private void collect(org.objectweb.asm.ClassReader reader) {
        char[] buffer = new char[reader.getMaxStringLength()];
        for (int i = 1; i < reader.getItemCount() && literals.size() < 5000; i++) {
            int at = reader.getItem(i);
            if (at > 0 && reader.readByte(at - 1) == 8) {
                String text = reader.readUTF8(at, buffer);
                if (text != null && text.matches("[\\w.$:-]{1,60}")) {
                    literals.add(text);
                }
            }
        }
    }

    boolean isOwn(Class<?> type) {
        String place = placeOf(type);
        return place != null && place.startsWith(repository + "/") && !isTests(place) && !place.endsWith(".jar");
    }

    static boolean isTests(String place) {
        return place.contains("/test-classes") || place.contains("/classes/java/test");
    }

    static String placeOf(Class<?> type) {
        try {
            CodeSource source = type.getProtectionDomain() == null ? null : type.getProtectionDomain().getCodeSource();
            return source == null || source.getLocation() == null ? null : source.getLocation().getPath();
        } catch (RuntimeException odd) {
            return null;
        }
    }

    Map<String, Object> statics(Set<String> replaced) {
        Map<String, Object> found = new TreeMap<String, Object>();
        Plain plain = new Plain(this::isOwn);
        TreeMap<String, Class<?>> loaded = new TreeMap<String, Class<?>>();
        for (Class<?> one : instrumentation.getAllLoadedClasses()) {
            if (!one.isInterface() && !one.isArray() && !one.isSynthetic() && isOwn(one)) {
                loaded.put(one.getName(), one);
            }
        }
        for (Map.Entry<String, Class<?>> entry : loaded.entrySet()) {
            Map<String, Object> values = Plain.statics(entry.getValue(), plain);
            if (!values.isEmpty()) {
                found.put(entry.getKey(), values);
            }
            stood(entry.getValue(), replaced);
        }
        return found;
    }

    /** A static field that holds an object of the tests' own classes: the test put it there. */
    private void stood(Class<?> type, Set<String> replaced) {
        for (java.lang.reflect.Field field : type.getDeclaredFields()) {
            if (!java.lang.reflect.Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive() || field.isSynthetic()) {
                continue;
            }
            try {
                field.setAccessible(true);
                Object value = field.get(null);
                String place = value == null ? null : placeOf(value.getClass());
                if (place != null && place.startsWith(repository + "/") && isTests(place)) {
                    replaced.add(type.getName() + "." + field.getName());
                }
            } catch (Throwable closed) {
                continue;
            }
        }
    }
}
