package figwright.tools;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A folder with sources and the class path of its tests, made into what a container can serve. */
final class Site {
    private static final String[] OF_THE_CONTAINER = {"javax/servlet/Servlet.class", "javax/servlet/jsp/JspPage.class", "javax/el/ELResolver.class"};
    final Path repository;
    final List<Path> classes = new ArrayList<Path>();
    final List<Path> libraries = new ArrayList<Path>();
    final List<URL> shared = new ArrayList<URL>();
    Path pages;
    /** What was said of sources that cannot be compiled. */
    String failure = "";

    Site(Path repository, Map<String, Object> application, Path work, Path overlays) throws IOException {
        this.repository = repository;
        Files.createDirectories(work);
        List<Path> compiled = new ArrayList<Path>();
        List<Path> roots = new ArrayList<Path>();
        for (Object maker : Json.list(application.get("makers"))) {
            String kind = (String) Json.list(maker).get(0);
            String place = (String) Json.list(maker).get(1);
            if (kind.equals("library")) {
                library(new File(place));
            } else {
                String module = place.replaceAll("/?(?:target|build)/.*", "");
                Path base = repository.resolve(module.isEmpty() ? "." : module).normalize();
                if (kind.equals("tests")) {
                    resources(overlays.resolve(module.isEmpty() ? "." : module).normalize().resolve("src/test/resources"));
                } else {
                    roots.add(base);
                    compiled.add(work.resolve("classes" + compiled.size()));
                }
            }
        }
        if (roots.isEmpty()) {
            roots.add(repository);
            compiled.add(work.resolve("classes0"));
        }
        for (int i = 0; i < roots.size() && failure.isEmpty(); i++) {
            Files.createDirectories(compiled.get(i));
            compile(roots.get(i).resolve("src/main/java"), compiled.get(i), (String) application.get("settings"), compiled);
            copy(roots.get(i).resolve("src/main/resources"), compiled.get(i));
            classes.add(compiled.get(i));
        }
        pages = pagesOf(roots, work);
    }

    private void resources(Path place) {
        if (Files.isDirectory(place)) {
            classes.add(place);
        }
    }

    private void library(File place) throws IOException {
        if (!place.isFile() || !place.getName().endsWith(".jar")) {
            return;
        }
        try (JarFile jar = new JarFile(place)) {
            boolean container = Arrays.stream(OF_THE_CONTAINER).anyMatch(name -> jar.getEntry(name) != null);
            boolean driver = jar.getEntry("META-INF/services/java.sql.Driver") != null;
            if (driver) {
                shared.add(place.toURI().toURL());
            } else if (!container && !place.getName().startsWith("jstl-")) {
                libraries.add(place.toPath());
            }
        }
    }

    private void compile(Path sources, Path target, String level, List<Path> modules) throws IOException {
        if (!Files.isDirectory(sources)) {
            return;
        }
        List<File> files;
        try (Stream<Path> found = Files.walk(sources)) {
            files = found.filter(one -> one.toString().endsWith(".java")).sorted().map(Path::toFile).collect(Collectors.toList());
        }
        if (files.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<JavaFileObject>();
        List<String> path = modules.stream().map(Path::toString).collect(Collectors.toList());
        libraries.forEach(one -> path.add(one.toString()));
        shared.forEach(one -> path.add(one.getPath()));
        path.add(System.getProperty("java.class.path"));
        List<String> options = new ArrayList<String>(Arrays.asList("-nowarn", "-Xlint:none", "-g", "-parameters", "-encoding", "UTF-8", "-Xmaxerrs", "2000",
                "-d", target.toString(), "-cp", String.join(File.pathSeparator, path)));
        if (level.matches("\\d+")) {
            options.addAll(Arrays.asList("-source", level, "-target", level));
        }
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(said, null, java.nio.charset.StandardCharsets.UTF_8)) {
            if (!compiler.getTask(null, manager, said, options, null, manager.getJavaFileObjectsFromFiles(files)).call()) {
                TreeSet<String> lines = new TreeSet<String>();
                for (Diagnostic<? extends JavaFileObject> one : said.getDiagnostics()) {
                    if (one.getKind() == Diagnostic.Kind.ERROR) {
                        String file = one.getSource() == null ? "" : repository.relativize(new File(one.getSource().toUri()).toPath()).toString();
                        lines.add(file + ":" + one.getLineNumber() + ": error: " + one.getMessage(java.util.Locale.ROOT).replace("\n", " | "));
                    }
                }
                failure = String.join("\n", lines);
            }
        }
    }

    static void copy(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        List<Path> found;
        try (Stream<Path> all = Files.walk(from)) {
            found = all.sorted().collect(Collectors.toList());
        }
        for (Path one : found) {
            Path place = to.resolve(from.relativize(one).toString());
            if (Files.isDirectory(one)) {
                Files.createDirectories(place);
            } else if (Files.isRegularFile(one)) {
                Files.copy(one, place, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Path pagesOf(List<Path> roots, Path work) throws IOException {
        for (Path root : roots) {
            for (String name : new String[] {"src/main/webapp", "WebContent", "web", "WebRoot"}) {
                if (Files.isDirectory(root.resolve(name))) {
                    return root.resolve(name);
                }
            }
        }
        return Files.createDirectories(work.resolve("no-pages"));
    }

    ClassLoader sharedLoader() {
        return new URLClassLoader(shared.toArray(new URL[0]), Site.class.getClassLoader());
    }
}
