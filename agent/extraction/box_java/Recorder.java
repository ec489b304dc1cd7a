package figwright.tools;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import figwright.boot.Hooks;

/** Writes down each call of a servlet's method as the request that a container would have to be asked to make the same call. */
public final class Recorder implements Hooks.Around, Hooks.Connected, Hooks.Filtered {
    private static final int MOST = 20000;
    private final Loaded loaded;
    private final String repository;
    private final Path folder;
    private final Blobs blobs;
    private final Mappings mappings = new Mappings();
    private final ThreadLocal<Integer> depth = ThreadLocal.withInitial(() -> 0);
    private final Map<String, Object[]> databases = new TreeMap<String, Object[]>();
    private final Map<String, Object> applications = new TreeMap<String, Object>();
    private final Set<String> sessionNames = new TreeSet<String>();
    private final List<String> testFolders = new ArrayList<String>();
    private final String process = ManagementFactory.getRuntimeMXBean().getName().replaceAll("\\D.*", "");
    private final Map<String, Set<String>> filters = new TreeMap<String, Set<String>>();
    private int written;

    private Recorder(Map<String, Object> setup, Instrumentation instrumentation) {
        repository = (String) setup.get("repository");
        loaded = new Loaded(instrumentation, repository);
        folder = Paths.get((String) setup.get("recording"));
        blobs = new Blobs(folder.resolve("blobs"));
        for (Object place : Json.list(setup.get("web"))) {
            mappings.read(new File(repository, (String) place));
        }
    }

    static void install(String setup, Instrumentation instrumentation) throws IOException {
        Recorder one = new Recorder(Json.object(Json.read(new String(Files.readAllBytes(Paths.get(setup)), StandardCharsets.UTF_8))), instrumentation);
        Hooks.connected = one;
        Hooks.around = one;
        Hooks.filtered = one;
    }

    @Override
    public void connected(Object driver, String url, Properties info) {
        if (url != null && depth.get() < 1000 && accepts(driver, url)) {
            Properties kept = new Properties();
            kept.putAll(info == null ? new Properties() : info);
            synchronized (databases) {
                databases.put(Databases.nameOf(url), new Object[] {driver, url, kept});
            }
        }
    }

    /** Filters that a test calls itself: nothing says which servlet would have answered, so this is told and not recorded. */
    @Override
    public void filtered(Object filter) {
        try {
            findTests();
            StackTraceElement[] stack = new Throwable().getStackTrace();
            if (stack.length < 4 || !isTest(stack[3].getClassName()) || !loaded.isOwn(filter.getClass())) {
                return;
            }
            synchronized (this) {
                filters.computeIfAbsent("the filter " + filter.getClass().getName(), key -> new TreeSet<String>()).add(testOf());
                Files.write(folder.resolve("by-hand-" + process + ".json"), Json.write(filters).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException | RuntimeException odd) {
            System.err.println("figwright: a filter cannot be noted: " + odd);
        }
    }

    private boolean isTest(String type) {
        for (String place : testFolders) {
            if (new File(place, type.replace('.', '/') + ".class").isFile()) {
                return true;
            }
        }
        return false;
    }

    private synchronized void findTests() {
        for (String entry : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", "")).split(File.pathSeparator)) {
            String place = new File(entry).getAbsolutePath();
            if (place.startsWith(repository + "/") && Loaded.isTests(place) && !testFolders.contains(place)) {
                testFolders.add(place);
            }
        }
    }

    /** A driver is asked for every address; most are not for it. */
    private static boolean accepts(Object driver, String url) {
        try {
            return !(driver instanceof Driver) || ((Driver) driver).acceptsURL(url);
        } catch (java.sql.SQLException odd) {
            return false;
        }
    }

    @Override
    public void call(Object self, Class<?> owner, String renamed, String name, Object request, Object response) throws Throwable {
        Method method = null;
        for (Method one : owner.getDeclaredMethods()) {
            if (one.getName().equals(renamed)) {
                method = one;
            }
        }
        method.setAccessible(true);
        int level = depth.get();
        depth.set(level + 1);
        try {
            if (level > 0 || request == null || response == null || written >= MOST) {
                Calls.invoke(method, self, request, response);
                return;
            }
            Seen seen = null;
            try {
                seen = new Seen(self, name, request, response);
            } catch (Throwable odd) {
                System.err.println("figwright: a request cannot be watched: " + odd);
            }
            if (seen == null) {
                Calls.invoke(method, self, request, response);
                return;
            }
            Throwable failure = null;
            try {
                Calls.invoke(method, self, seen.request, seen.response);
            } catch (Throwable thrown) {
                failure = thrown;
            }
            try {
                finish(seen, failure);
            } catch (Throwable odd) {
                System.err.println("figwright: a request cannot be written: " + odd);
            }
            if (failure != null) {
                throw failure;
            }
        } finally {
            depth.set(level);
        }
    }

    /** What a servlet asks of a request that a test made by hand, and does with the response. */
    final class Seen {
        final Object self;
        final String verb;
        final Object original;
        final Object request;
        final Object response;
        final double clock = System.currentTimeMillis() / 1000.0;
        final Map<String, List<String>> parameters = new LinkedHashMap<String, List<String>>();
        final Map<String, String> headers = new TreeMap<String, String>();
        final Map<String, Object[]> parts = new LinkedHashMap<String, Object[]>();
        final Map<String, Object> session = new TreeMap<String, Object>();
        final Set<String> replaced = new TreeSet<String>();
        final Set<String> set = new TreeSet<String>();
        final Map<String, Object> statics;
        final List<Object> before;
        final List<String> folders;
        final Map<String, String> files;
        boolean hasSession;
        boolean bodyUnseen;
        String body;
        int status = 200;
        String location = "";
        Plain plain = new Plain(loaded::isOwn);

        Seen(Object self, String name, Object original, Object responded) throws IOException {
            this.self = self;
            this.original = original;
            Object asked = Calls.probe(original, "getMethod");
            verb = name.equals("service") ? String.valueOf(asked) : name.substring(2).toUpperCase(java.util.Locale.ROOT);
            Object known = Calls.probe(original, "getSession", boolean.class, false);
            if (known != null) {
                hasSession = true;
                rememberSession(known);
            }
            statics = loaded.statics(replaced);
            before = snapshots();
            folders = Folders.there(Folders.named(statics));
            files = Folders.files(folders, blobs);
            request = Calls.proxy(original, this::onRequest);
            response = Calls.proxy(responded, this::onResponse);
        }

        private void rememberSession(Object known) {
            Set<String> names;
            synchronized (sessionNames) {
                names = new TreeSet<String>(sessionNames);
            }
            names.addAll(loaded.literals());
            Object listed = Calls.probe(known, "getAttributeNames");
            if (listed instanceof java.util.Enumeration) {
                for (java.util.Enumeration<?> each = (java.util.Enumeration<?>) listed; each.hasMoreElements();) {
                    names.add(String.valueOf(each.nextElement()));
                }
            }
            for (String name : names) {
                keep(name, Calls.probe(known, "getAttribute", String.class, name));
            }
        }

        private void keep(String name, Object value) {
            if (value != null && !session.containsKey(name) && !set.contains("session " + name)) {
                Object dumped = plain.dump(value, "session attribute " + name);
                if (dumped != Plain.NOT) {
                    session.put(name, dumped);
                }
            }
        }

        private Object onRequest(Object proxy, Method method, Object[] arguments) throws Throwable {
            Object found = Calls.invoke(method, original, arguments);
            String name = method.getName();
            if (name.equals("getParameter") && found != null) {
                parameters.putIfAbsent((String) arguments[0], Arrays.asList((String) found));
            } else if (name.equals("getParameterValues") && found != null) {
                parameters.put((String) arguments[0], Arrays.asList((String[]) found));
            } else if (name.equals("getParameterMap") && found != null) {
                all((Map<?, ?>) found);
            } else if (name.equals("getHeader") && found != null) {
                headers.put((String) arguments[0], (String) found);
            } else if (name.equals("getInputStream")) {
                bodyUnseen = true;
            } else if (name.equals("getReader") && found instanceof java.io.Reader) {
                StringBuilder text = new StringBuilder();
                for (int c = ((java.io.Reader) found).read(); c >= 0; c = ((java.io.Reader) found).read()) {
                    text.append((char) c);
                }
                body = text.toString();
                return new java.io.BufferedReader(new java.io.StringReader(body));
            } else if (name.equals("getPart") && found != null) {
                return part((String) arguments[0], found);
            } else if (name.equals("getSession") && found != null) {
                hasSession = hasSession || method.getParameterCount() == 1 && Boolean.FALSE.equals(arguments[0]);
                Object session = found;
                return Calls.proxy(found, (p, m, a) -> onSession(session, m, a));
            } else if (name.equals("getAttribute") && found != null && !set.contains("request " + arguments[0]) && !String.valueOf(arguments[0]).startsWith("javax.servlet.")) {
                replaced.add("request attribute " + arguments[0]);
            } else if (name.equals("setAttribute")) {
                set.add("request " + arguments[0]);
            } else if ((name.equals("getRemoteUser") || name.equals("getUserPrincipal")) && found != null) {
                replaced.add("the container's user");
            }
            return found;
        }

        void all(Map<?, ?> found) {
            for (Map.Entry<?, ?> entry : found.entrySet()) {
                if (entry.getValue() instanceof String[]) {
                    parameters.put(String.valueOf(entry.getKey()), Arrays.asList((String[]) entry.getValue()));
                }
            }
        }

        private Object part(String name, Object found) throws IOException {
            Object stream = Calls.probe(found, "getInputStream");
            byte[] content = stream instanceof InputStream ? Blobs.all((InputStream) stream) : new byte[0];
            parts.put(name, new Object[] {Calls.probe(found, "getSubmittedFileName"), Calls.probe(found, "getContentType"), content});
            return Calls.proxy(found, (p, m, a) -> m.getName().equals("getInputStream") ? new ByteArrayInputStream(content) : Calls.invoke(m, found, a));
        }

        private Object onSession(Object session, Method method, Object[] arguments) throws Throwable {
            String name = method.getName();
            Object found = Calls.invoke(method, session, arguments);
            if (name.equals("getAttribute") || name.equals("setAttribute")) {
                synchronized (sessionNames) {
                    sessionNames.add((String) arguments[0]);
                }
            }
            if (name.equals("getAttribute")) {
                keep((String) arguments[0], found);
            } else if (name.equals("setAttribute") || name.equals("removeAttribute")) {
                set.add("session " + arguments[0]);
            }
            return found;
        }

        private Object onResponse(Object proxy, Method method, Object[] arguments) throws Throwable {
            String name = method.getName();
            if (name.equals("sendRedirect")) {
                status = 302;
                location = String.valueOf(arguments[0]);
            } else if ((name.equals("sendError") || name.equals("setStatus")) && arguments.length > 0) {
                status = (Integer) arguments[0];
            }
            return Calls.invoke(method, responseOf(proxy), arguments);
        }

        private Object responseOf(Object proxy) {
            return ((Calls.Watched) Proxy.getInvocationHandler(proxy)).target;
        }
    }

    private List<Object> snapshots() throws IOException {
        List<Object> found = new ArrayList<Object>();
        Map<String, Object[]> known;
        synchronized (databases) {
            known = new TreeMap<String, Object[]>(databases);
        }
        for (Map.Entry<String, Object[]> entry : known.entrySet()) {
            String url = (String) entry.getValue()[1];
            if (!Databases.isKept(url)) {
                continue;
            }
            int level = depth.get();
            depth.set(1000);
            try {
                byte[] script = Databases.script((Driver) entry.getValue()[0], url, (Properties) entry.getValue()[2]);
                found.add(Arrays.asList(entry.getKey(), blobs.put(script)));
            } catch (java.sql.SQLException gone) {
                continue;
            } finally {
                depth.set(level);
            }
        }
        return found;
    }

    private void finish(Seen seen, Throwable failure) throws IOException {
        Object all = Calls.probe(seen.original, "getParameterMap");
        if (all instanceof Map) {
            seen.all((Map<?, ?>) all);
        }
        Map<String, Object> one = new LinkedHashMap<String, Object>();
        one.put("test", "");
        Map.Entry<Class<?>, List<String>> mapped = mappings.of(seen.self.getClass());
        String context = Written.text(Calls.probe(seen.original, "getContextPath"));
        one.put("application", application(seen.self.getClass(), context));
        one.put("test", testOf());
        one.put("method", seen.verb);
        String cannot = cannotOf(seen, mapped);
        String path = mapped == null ? "" : Written.pathOf(mapped.getValue(), seen.original, one);
        if (cannot.isEmpty() && path == null) {
            cannot = "the test gives no path that a pattern of the servlet matches (" + String.join(", ", mapped.getValue()) + ")";
        }
        byte[] body = Written.bodyOf(seen);
        boolean query = !seen.parameters.isEmpty() && (body.length == 0 || seen.body != null);
        one.put("target", context + (path == null ? "/" : path) + (query ? "?" + Written.form(seen.parameters) : ""));
        Class<?> handler = mapped == null ? seen.self.getClass() : mapped.getKey();
        one.put("handler", handler.getName());
        one.put("handler_path", sourceOf(handler));
        one.put("headers", Written.headersOf(seen, body));
        one.put("body", blobs.put(body));
        one.put("clock", seen.clock);
        one.put("state", blobs.put(stateOf(seen).getBytes(StandardCharsets.UTF_8)));
        one.put("databases", seen.before);
        one.put("after", snapshots());
        seen.replaced.addAll(seen.plain.left);
        one.put("replaced", seen.replaced);
        one.put("status", failure == null ? seen.status : 500);
        if (!seen.location.isEmpty()) {
            one.put("answer_headers", Arrays.asList(Arrays.asList("Location", seen.location)));
        }
        one.put("trouble", failure == null ? "" : String.valueOf(failure));
        one.put("cannot", cannot);
        synchronized (this) {
            written++;
            Files.write(folder.resolve("requests-" + process + ".jsonl"), (Json.write(one) + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private String cannotOf(Seen seen, Map.Entry<Class<?>, List<String>> mapped) {
        if (mapped == null) {
            return "neither web.xml nor @WebServlet says under which path the servlet stands";
        }
        if (seen.bodyUnseen) {
            return "the servlet reads a stream that the test made by hand";
        }
        synchronized (databases) {
            for (Map.Entry<String, Object[]> entry : databases.entrySet()) {
                if (!Databases.isKept((String) entry.getValue()[1])) {
                    return "its database (" + entry.getKey() + ") cannot be copied: only H2 in memory can so far";
                }
            }
        }
        return "";
    }

    private String stateOf(Seen seen) {
        Map<String, Object> state = new TreeMap<String, Object>();
        state.put("has_session", seen.hasSession);
        state.put("session", seen.session);
        state.put("statics", seen.statics);
        state.put("folders", seen.folders);
        state.put("files", seen.files);
        Map<String, Object> connections = new TreeMap<String, Object>();
        synchronized (databases) {
            for (Map.Entry<String, Object[]> entry : databases.entrySet()) {
                Map<String, Object> info = new TreeMap<String, Object>();
                for (Map.Entry<?, ?> pair : ((Properties) entry.getValue()[2]).entrySet()) {
                    info.put(String.valueOf(pair.getKey()), String.valueOf(pair.getValue()));
                }
                connections.put(entry.getKey(), Arrays.asList(entry.getValue()[1], info, entry.getValue()[0].getClass().getName()));
            }
        }
        state.put("connections", connections);
        return Json.write(state);
    }

    private String testOf() {
        StackTraceElement[] stack = Thread.currentThread().getStackTrace();
        for (int i = stack.length - 1; i >= 0; i--) {
            if (isTest(stack[i].getClassName())) {
                return stack[i].getClassName() + "#" + stack[i].getMethodName();
            }
        }
        return "process " + process;
    }

    private String sourceOf(Class<?> type) {
        String name = type.getName().replaceAll("\\$.*", "").replace('.', '/') + ".java";
        String place = Loaded.placeOf(type);
        if (place == null || !place.startsWith(repository + "/")) {
            return "";
        }
        String module = place.substring(repository.length() + 1).replaceAll("(?:target/classes|build/classes/java/main)/?$", "");
        String path = module + "src/main/java/" + name;
        return new File(repository, path).isFile() ? path : "";
    }

    /** How the program was put together when it answered: folders and libraries of the test run's class path. */
    private synchronized String application(Class<?> servlet, String context) throws IOException {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
        List<Object> makers = new ArrayList<Object>();
        for (String entry : path.split(File.pathSeparator)) {
            if (entry.isEmpty()) {
                continue;
            }
            String place = new File(entry).getAbsolutePath();
            boolean inside = place.startsWith(repository + "/") && !place.endsWith(".jar");
            if (inside && Loaded.isTests(place) && !testFolders.contains(place)) {
                testFolders.add(place);
            }
            String kind = !inside ? "library" : Loaded.isTests(place) ? "tests" : "classes";
            makers.add(Arrays.asList(kind, inside ? place.substring(repository.length() + 1) : place, ""));
        }
        String id = context.isEmpty() ? "/" : context;
        if (!applications.containsKey(id)) {
            Map<String, Object> about = new TreeMap<String, Object>();
            about.put("framework", "servlet");
            about.put("name", context);
            about.put("makers", makers);
            about.put("settings", String.valueOf(levelOf(servlet)));
            applications.put(id, about);
            Files.write(folder.resolve("applications-" + process + ".json"), Json.write(applications).getBytes(StandardCharsets.UTF_8));
        }
        return id;
    }

    /** The Java level that the class was compiled for. */
    private static int levelOf(Class<?> type) throws IOException {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            try (InputStream in = each.getClassLoader() == null ? null : each.getClassLoader().getResourceAsStream(each.getName().replace('.', '/') + ".class")) {
                if (in != null) {
                    byte[] content = Blobs.all(in);
                    return ((content[6] & 255) << 8 | content[7] & 255) - 44;
                }
            }
        }
        return 8;
    }
}
