package figwright.tools;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.sql.Connection;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

import figwright.boot.Hooks;

/** Serves the recorded program over HTTP, asks it every recorded request, and writes what came back: one JSON line an answer. */
public final class Drive implements Server.Ground {
    private static final int ANSWER_SECONDS = 60;
    private int patience = ANSWER_SECONDS * 1000; // milliseconds; less for a slice with defects
    private final Map<String, Object> plan;
    private final Blobs blobs;
    private final PrintWriter out;
    private final Map<String, Map<String, Object>> requests = new HashMap<String, Map<String, Object>>();
    private final Map<String, Map<String, Map<String, Map<String, String>>>> before = new HashMap<String, Map<String, Map<String, Map<String, String>>>>();
    private Collection<String> places;
    private Map<String, String> files;
    private PrintWriter lines;
    private ClassLoader shared;

    private Drive(Map<String, Object> plan) throws IOException {
        this.plan = plan;
        Object least = plan.get("patience");
        if (least instanceof Number && ((Number) least).doubleValue() > 0) {
            patience = (int) (1000 * ((Number) least).doubleValue());
        }
        blobs = new Blobs(Paths.get((String) plan.get("recording"), "blobs"));
        out = new PrintWriter(Files.newBufferedWriter(Paths.get((String) plan.get("out"))));
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Object> plan = Json.object(Json.read(new String(Files.readAllBytes(Paths.get(arguments[0])), StandardCharsets.UTF_8)));
        Logger quiet = Logger.getLogger("org.apache");
        quiet.setLevel(Level.SEVERE);
        Drive drive = new Drive(plan);
        try {
            drive.run();
        } finally {
            drive.out.close();
        }
        Runtime.getRuntime().halt(0);
    }

    private void run() throws Exception {
        if (plan.get("watch") != null && !"".equals(plan.get("watch"))) {
            lines = new PrintWriter(Files.newBufferedWriter(Paths.get((String) plan.get("watch"), "lines-1.txt")));
        }
        List<Object> only = plan.get("only") == null ? null : Json.list(plan.get("only"));
        Map<String, Map<String, Object>> applications = new LinkedHashMap<String, Map<String, Object>>();
        for (Object one : Json.list(Json.read(text("applications.json")))) {
            applications.put((String) Json.object(one).get("id"), Json.object(one));
        }
        Map<String, List<Map<String, Object>>> asked = new LinkedHashMap<String, List<Map<String, Object>>>();
        for (String line : text("requests.jsonl").split("\n")) {
            Map<String, Object> one = line.trim().isEmpty() ? null : Json.object(Json.read(line));
            if (one != null && (only == null || only.contains(one.get("number"))) && "".equals(one.getOrDefault("cannot", ""))) {
                asked.computeIfAbsent((String) one.get("application"), key -> new ArrayList<Map<String, Object>>()).add(one);
                requests.put(String.valueOf(one.get("number")), one);
            }
        }
        if (asked.isEmpty() && Boolean.TRUE.equals(plan.get("load"))) {
            asked.put(applications.keySet().iterator().next(), new ArrayList<Map<String, Object>>());
        }
        Site site = null;
        for (Map.Entry<String, List<Map<String, Object>>> entry : asked.entrySet()) {
            Map<String, Object> application = applications.get(entry.getKey());
            Path work = Paths.get((String) plan.get("work"), "application-" + requests.size() + "-" + entry.getKey().replace('/', '_'));
            if (site == null) {
                site = new Site(Paths.get((String) plan.get("repository")), application, work.resolve("compiled"), Paths.get((String) plan.get("overlays")));
                shared = site.sharedLoader();
            }
            if (!site.failure.isEmpty()) {
                System.out.println(site.failure);
                cannotStart(entry.getValue(), "the sources cannot be compiled\n" + site.failure);
                continue;
            }
            serve(application, site, entry.getValue(), work);
        }
        if (lines != null) {
            lines.close();
        }
    }

    private String text(String name) throws IOException {
        return new String(Files.readAllBytes(Paths.get((String) plan.get("recording"), name)), StandardCharsets.UTF_8);
    }

    private void cannotStart(List<Map<String, Object>> asked, String why) {
        for (Map<String, Object> one : asked) {
            Map<String, Object> answer = new TreeMap<String, Object>();
            answer.put("request", one.get("number"));
            answer.put("trouble", "the program cannot be started");
            answer.put("start", why);
            out.println(Json.write(answer));
        }
        if (asked.isEmpty()) {
            System.out.println(why);
        }
    }

    private void serve(Map<String, Object> application, Site site, List<Map<String, Object>> asked, Path work) throws Exception {
        List<Server> servers = new ArrayList<Server>();
        Process facade = null;
        try {
            if (!asked.isEmpty()) {
                asked.get(0).put("figwright state", stateOf(asked.get(0)));
                restore(asked.get(0));
            }
            for (Object side : Json.list(plan.get("sides"))) {
                Map<String, Object> about = Json.object(side);
                Object serves = about.get("serves");
                Server server = new Server((String) about.get("name"), ((Long) about.get("port")).intValue(), serves == null ? null : Json.list(serves),
                        (String) application.get("id"), site, shared, work.resolve((String) about.get("name")), requests, this);
                server.start();
                servers.add(server);
            }
            int port = servers.get(0).port();
            if (!"".equals(plan.get("facade"))) {
                facade = nginx(work.resolve("facade"));
                port = ((Long) plan.get("facade_port")).intValue();
            }
            if (Boolean.TRUE.equals(plan.get("routes"))) {
                Map<String, Object> found = new TreeMap<String, Object>();
                found.put("routes", servers.get(0).routes());
                out.println(Json.write(found));
            }
            String test = null;
            long number = 0;
            Set<String> states = new HashSet<String>();
            for (Map<String, Object> one : asked) {
                if (one.get("figwright state") == null) {
                    one.put("figwright state", stateOf(one));
                }
                // What a program remembers beside the recorded state it may remember from the request before in the test, from no other
                boolean next = one.get("test").equals(test) && one.get("number").equals(number + 1) && !states.contains(one.get("state"));
                if (test != null && !next) {
                    states.clear();
                    for (Server server : servers) {
                        server.anew();
                    }
                }
                test = (String) one.get("test");
                number = (Long) one.get("number");
                states.add((String) one.get("state"));
                out.println(Json.write(answer(servers, port, one)));
                out.flush();
                one.remove("figwright state");
            }
            if (asked.isEmpty()) {
                Files.write(work.resolve("loaded"), new byte[0]);
            }
        } catch (Throwable odd) {
            cannotStart(asked, Server.traceback(odd));
        } finally {
            for (Server server : servers) {
                server.end();
            }
            if (facade != null) {
                facade.destroyForcibly();
            }
        }
    }

    private Map<String, Object> stateOf(Map<String, Object> request) throws IOException {
        return Json.object(Json.read(new String(blobs.get((String) request.get("state")), StandardCharsets.UTF_8)));
    }

    private Connection connect(Map<String, Object> request, String name) throws Exception {
        List<Object> about = Json.list(Json.object(Json.object(request.get("figwright state")).get("connections")).get(name));
        Properties info = new Properties();
        info.putAll(Json.object(about.get(1)));
        Driver driver = (Driver) Class.forName((String) about.get(2), true, shared).getDeclaredConstructor().newInstance();
        return driver.connect((String) about.get(0), info);
    }

    private void restore(Map<String, Object> request) throws Exception {
        before.clear();
        for (Object pair : Json.list(request.get("databases"))) {
            String name = (String) Json.list(pair).get(0);
            try (Connection connection = connect(request, name)) {
                Databases.restore(connection, blobs.get((String) Json.list(pair).get(1)));
                before.put(name, Databases.cells(connection));
            }
        }
    }

    @Override
    public void before(Server server, Map<String, Object> request) throws Exception {
        Hooks.frozen = Math.round(((Number) request.get("clock")).doubleValue() * 1000);
        restore(request);
        Plain.Back back = new Plain.Back(server.loader());
        Map<String, Object> statics = Json.object(Json.object(request.get("figwright state")).get("statics"));
        ClassLoader current = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(server.loader());
        try {
            for (Map.Entry<String, Object> entry : statics.entrySet()) {
                try {
                    back.statics(entry.getKey(), Json.object(entry.getValue()));
                } catch (ClassNotFoundException | LinkageError gone) {
                    continue; // a slice does without it
                }
            }
        } finally {
            Thread.currentThread().setContextClassLoader(current);
        }
        Map<String, Object> state = Json.object(request.get("figwright state"));
        List<String> folders = new ArrayList<String>();
        for (Object one : Json.list(state.get("folders"))) {
            folders.add((String) one);
        }
        places = Folders.named(statics);
        Folders.restore(places, folders, Json.object(state.get("files")), blobs);
        files = Folders.files(places, null);
        Hooks.takeLines();
    }

    @Override
    @SuppressWarnings("unchecked")
    public void after(Server server, Map<String, Object> request, Map<String, Object> about) throws Exception {
        BitSet ran = Hooks.takeLines();
        List<Object> changes = new ArrayList<Object>();
        for (Map.Entry<String, Map<String, Map<String, Map<String, String>>>> entry : before.entrySet()) {
            try (Connection connection = connect(request, entry.getKey())) {
                changes.addAll(Databases.changes(entry.getKey(), entry.getValue(), Databases.cells(connection)));
            }
        }
        about.put("changes", changes);
        List<Object> written = new ArrayList<Object>();
        for (Map.Entry<String, String> entry : Folders.files(places, null).entrySet()) {
            if (!entry.getValue().equals(files.get(entry.getKey()))) {
                written.add(Arrays.asList(entry.getKey(), entry.getValue()));
            }
        }
        about.put("files", written);
        Hooks.frozen = Long.MIN_VALUE;
        if (lines != null && Hooks.weaver != null) {
            for (int i = ran.nextSetBit(0); i >= 0; i = ran.nextSetBit(i + 1)) {
                lines.println(request.get("number") + " " + sourceOf(((java.util.function.IntFunction<String>) Hooks.weaver).apply(i)));
            }
        }
    }

    private static String sourceOf(String line) {
        int space = line.indexOf(' ');
        return line.substring(0, space) + " src/main/java/" + line.substring(space + 1);
    }

    private Map<String, Object> answer(List<Server> servers, int port, Map<String, Object> request) throws Exception {
        Map<String, Object> answer = new TreeMap<String, Object>();
        answer.put("request", request.get("number"));
        byte[] came;
        long begun = System.nanoTime();
        try {
            came = send(port, request);
        } catch (IOException odd) {
            answer.put("trouble", "no answer: " + odd.getMessage());
            return answer;
        }
        answer.put("seconds", (System.nanoTime() - begun) / 1e9);
        int end = indexOf(came, "\r\n\r\n");
        String[] head = new String(came, 0, Math.max(end, 0), StandardCharsets.ISO_8859_1).split("\r\n");
        if (end < 0 || !head[0].matches("HTTP/1\\.[01] \\d{3}.*")) {
            answer.put("trouble", "no answer: what came is not HTTP");
            return answer;
        }
        List<Object> headers = new ArrayList<Object>();
        String upstream = "";
        boolean chunked = false;
        for (int i = 1; i < head.length; i++) {
            String name = head[i].substring(0, Math.max(0, head[i].indexOf(':')));
            String value = head[i].substring(name.length() + 1).trim();
            upstream = name.equalsIgnoreCase("X-Figwright-Upstream") ? value : upstream;
            chunked |= name.equalsIgnoreCase("Transfer-Encoding") && value.equalsIgnoreCase("chunked");
            if (!name.toLowerCase(Locale.ROOT).startsWith("x-figwright-")) {
                headers.add(Arrays.asList(name, value));
            }
        }
        byte[] body = Arrays.copyOfRange(came, end + 4, came.length);
        answer.put("status", Integer.valueOf(head[0].substring(9, 12)));
        answer.put("upstream", upstream);
        answer.put("body", new String(chunked ? unchunked(body) : body, StandardCharsets.ISO_8859_1));
        for (Server server : servers) {
            if (server.name.equals(upstream)) {
                Map<String, Object> about = server.results.poll(patience, TimeUnit.MILLISECONDS);
                if (about != null) {
                    Object session = about.remove("session");
                    answer.putAll(about);
                    if (session != null && !"".equals(session)) {
                        headers.add(Arrays.asList("Session-Afterwards", session));
                    }
                }
            }
        }
        if (answer.get("trouble") != null && !"".equals(answer.get("trouble"))) {
            answer.remove("status");
        }
        answer.put("headers", headers);
        return answer;
    }

    private byte[] send(int port, Map<String, Object> request) throws IOException {
        byte[] body = blobs.get((String) request.get("body"));
        StringBuilder head = new StringBuilder(request.get("method") + " " + request.get("target") + " HTTP/1.1\r\n");
        boolean host = false;
        for (Object pair : Json.list(request.get("headers"))) {
            String name = (String) Json.list(pair).get(0);
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("content-length") || lower.equals("connection") || lower.equals("transfer-encoding") || lower.equals("expect")) {
                continue;
            }
            host |= lower.equals("host");
            head.append(name).append(": ").append(((String) Json.list(pair).get(1)).replaceAll("[\r\n]", " ")).append("\r\n");
        }
        head.append(host ? "" : "Host: localhost\r\n").append("X-Figwright-Request: ").append(request.get("number")).append("\r\nConnection: close\r\n");
        if (body.length > 0 || !"GET".equals(request.get("method"))) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(patience);
            OutputStream sending = socket.getOutputStream();
            sending.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            sending.write(body);
            sending.flush();
            return Blobs.all(socket.getInputStream());
        }
    }

    private static int indexOf(byte[] content, String wanted) {
        return new String(content, StandardCharsets.ISO_8859_1).indexOf(wanted);
    }

    private static byte[] unchunked(byte[] body) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream found = new ByteArrayOutputStream();
        for (int at = 0; at < text.length();) {
            int line = text.indexOf("\r\n", at);
            int size = line < 0 ? 0 : Integer.parseInt(text.substring(at, line).split(";")[0].trim(), 16);
            if (size == 0) {
                break;
            }
            found.write(body, line + 2, Math.min(size, body.length - line - 2));
            at = line + 2 + size + 2;
        }
        return found.toByteArray();
    }

    private Process nginx(Path work) throws Exception {
        for (String name : new String[] {"logs", "body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
            Files.createDirectories(work.resolve(name));
        }
        Path place = work.resolve("nginx.conf");
        Files.write(place, ((String) plan.get("facade")).replace("{{work}}", work.toString()).getBytes(StandardCharsets.UTF_8));
        String program = null;
        for (String folder : (System.getenv("PATH") + ":/usr/sbin:/sbin:/usr/local/sbin").split(":")) {
            program = program == null && new File(folder, "nginx").canExecute() ? folder + "/nginx" : program;
        }
        if (program == null) {
            throw new IllegalStateException("nginx is not installed: install it to run a facade");
        }
        Path log = work.resolve("said");
        Process process = new ProcessBuilder(program, "-p", work.toString(), "-c", place.toString(), "-e", "stderr").redirectErrorStream(true).redirectOutput(log.toFile()).start();
        int port = ((Long) plan.get("facade_port")).intValue();
        for (int tries = 0; tries < 400; tries++) {
            if (!process.isAlive()) {
                throw new IllegalStateException("nginx ended: " + new String(Files.readAllBytes(log), StandardCharsets.UTF_8));
            }
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return process;
            } catch (IOException closed) {
                Thread.sleep(50);
            }
        }
        throw new IllegalStateException("nginx does not listen");
    }
}
