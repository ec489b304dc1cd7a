package figwright.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import javax.servlet.RequestDispatcher;
import javax.servlet.ServletException;

import org.apache.catalina.Container;
import org.apache.catalina.Session;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.session.StandardManager;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.StandardSessionIdGenerator;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.catalina.valves.ValveBase;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.StandardRoot;

/** One side of a replay: Tomcat with the program in it, each request put back where it was recorded before it is answered. */
final class Server {
    /** What has to happen around each request, apart from HTTP. */
    interface Ground {
        void before(Server server, Map<String, Object> request) throws Exception;

        void after(Server server, Map<String, Object> request, Map<String, Object> about) throws Exception;
    }

    final String name;
    final StandardContext context;
    final BlockingQueue<Map<String, Object>> results = new LinkedBlockingQueue<Map<String, Object>>();
    private final Tomcat tomcat = new Tomcat();
    private final Connector connector = new Connector();
    private final AtomicInteger sessions = new AtomicInteger();
    private final Set<String> serves;
    private final Ground ground;
    private final Site site;
    /** Requests by their number. */
    private final Map<String, Map<String, Object>> requests;

    Server(String name, int port, List<Object> serves, String path, Site site, ClassLoader shared, Path work,
            Map<String, Map<String, Object>> requests, Ground ground) throws Exception {
        this.name = name;
        this.site = site;
        this.requests = requests;
        this.ground = ground;
        this.serves = serves == null ? null : new TreeSet<String>();
        for (Object one : serves == null ? new ArrayList<Object>() : serves) {
            this.serves.add(Json.write(one));
        }
        Files.createDirectories(work.resolve("webapps"));
        tomcat.setBaseDir(work.toString());
        tomcat.setConnector(connector);
        connector.setPort(port);
        connector.setProperty("address", "127.0.0.1");
        connector.setURIEncoding("UTF-8");
        tomcat.getEngine().setParentClassLoader(shared);
        StandardHost host = (StandardHost) tomcat.getHost();
        host.setAutoDeploy(false);
        ErrorReportValve errors = new ErrorReportValve();
        errors.setShowReport(false);
        errors.setShowServerInfo(false);
        host.setErrorReportValveClass("");
        host.getPipeline().addValve(errors);
        tomcat.getEngine().getPipeline().addValve(new Watch());
        context = (StandardContext) tomcat.addWebapp(path.equals("/") ? "" : path, site.pages.toAbsolutePath().toString());
        context.setReloadable(false);
        context.setClearReferencesStopThreads(false);
        context.setParentClassLoader(shared);
        StandardRoot root = new StandardRoot(context);
        root.setCachingAllowed(false);
        // What stands first wins, as on the class path of the tests
        for (Path one : site.classes) {
            root.addPreResources(new DirResourceSet(root, "/WEB-INF/classes", one.toAbsolutePath().toString(), "/"));
        }
        for (Path one : site.libraries) {
            root.addPostResources(new org.apache.catalina.webresources.FileResourceSet(root, "/WEB-INF/lib/" + one.getFileName(), one.toAbsolutePath().toString(), "/"));
        }
        context.setResources(root);
        StandardManager manager = new StandardManager();
        manager.setPathname(null);
        manager.setSessionIdGenerator(new Counting());
        context.setManager(manager);
    }

    private final class Counting extends StandardSessionIdGenerator {
        @Override
        public String generateSessionId(String route) {
            return String.format("FIGWRIGHT%023d", sessions.incrementAndGet());
        }
    }

    void start() throws Exception {
        tomcat.start();
        check();
    }

    private void check() throws Exception {
        if (!context.getState().isAvailable()) {
            throw new IllegalStateException("the program's context does not start");
        }
    }

    /** The program with nothing in its memory. */
    void anew() throws Exception {
        context.reload();
        sessions.set(0);
        check();
    }

    int port() {
        return connector.getLocalPort();
    }

    void end() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (Exception odd) {
            System.err.println("figwright: " + odd);
        }
    }

    ClassLoader loader() {
        return context.getLoader().getClassLoader();
    }

    /** [pattern, methods, handler, its file, expression], in the order in which the container decides. */
    List<Object> routes() {
        Map<String, Object> found = new TreeMap<String, Object>();
        for (Container child : context.findChildren()) {
            Wrapper wrapper = (Wrapper) child;
            for (String pattern : wrapper.findMappings()) {
                if (wrapper.getName().equals("default") || wrapper.getName().equals("jsp")) {
                    continue;
                }
                String page = wrapper.findInitParameter("jspFile");
                String type = page != null ? page : String.valueOf(wrapper.getServletClass());
                found.put(rank(pattern) + pattern, Arrays.asList(pattern, new ArrayList<Object>(), type, fileOf(wrapper), expression(pattern)));
            }
        }
        return new ArrayList<Object>(found.values());
    }

    private static String rank(String pattern) {
        if (pattern.endsWith("/*")) {
            return "1" + String.format("%05d", 99999 - pattern.length());
        }
        return pattern.startsWith("*.") ? "2" : pattern.equals("/") ? "3" : "0";
    }

    private String expression(String pattern) {
        String start = quoted(context.getPath());
        if (pattern.endsWith("/*")) {
            return "^" + start + quoted(pattern.substring(0, pattern.length() - 2)) + "(?:/.*)?$";
        }
        if (pattern.startsWith("*.")) {
            return "^" + start + "/.*" + quoted(pattern.substring(1)) + "$";
        }
        return "^" + start + (pattern.equals("/") ? "/.*" : quoted(pattern)) + "$";
    }

    private static String quoted(String text) {
        return text.replaceAll("([.+*?()\\[\\]{}|^$\\\\])", "\\\\$1");
    }

    private String fileOf(Wrapper wrapper) {
        String type = wrapper.getServletClass();
        if (type == null) {
            return "";
        }
        String path = "src/main/java/" + type.replace('.', '/') + ".java";
        return Files.isRegularFile(site.repository.resolve(path)) ? path : "";
    }

    private final class Watch extends ValveBase {
        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            String number = request.getHeader("X-Figwright-Request");
            Map<String, Object> asked = number == null ? null : requests.get(number);
            if (asked == null) {
                getNext().invoke(request, response);
                return;
            }
            response.setHeader("X-Figwright-Upstream", name);
            Map<String, Object> about = new TreeMap<String, Object>();
            about.put("request", asked.get("number"));
            try {
                String refused = refused(request);
                if (refused != null) {
                    response.setHeader("X-Figwright-Refused", "1");
                    response.sendError(501, refused);
                    about.put("trouble", refused);
                    return;
                }
                ground.before(Server.this, asked);
                Session session = session(request, asked);
                try {
                    getNext().invoke(request, response);
                } finally {
                    String said = traceback(request.getAttribute(RequestDispatcher.ERROR_EXCEPTION));
                    Object message = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
                    String other = message != null ? message.toString() : response.getMessage() == null ? "" : response.getMessage();
                    about.put("traceback", said.isEmpty() && response.getStatus() >= 400 ? other : said);
                    Session now = request.getSessionInternal(false);
                    about.put("session", attributes(now == null ? session : now, asked));
                    ground.after(Server.this, asked, about);
                }
            } catch (Throwable odd) {
                about.put("trouble", traceback(odd));
                throw odd instanceof ServletException ? (ServletException) odd : new ServletException(odd);
            } finally {
                results.add(about);
            }
        }

        /** What this side has no class for. */
        private final class Carried {
            private final Object dumped;

            Carried(Object dumped) {
                this.dumped = dumped;
            }
        }

        private String refused(Request request) {
            if (serves == null) {
                return null;
            }
            Wrapper wrapper = request.getWrapper();
            String pattern = request.getMappingData() == null ? "" : String.valueOf(request.getHttpServletMapping().getPattern());
            String type = wrapper == null ? "" : String.valueOf(wrapper.getServletClass());
            String wanted = Json.write(Arrays.asList(request.getMethod(), pattern, type));
            return serves.contains(wanted) ? null : "this side does not serve " + wanted;
        }

        private Session session(Request request, Map<String, Object> asked) throws Exception {
            Map<String, Object> state = Json.object(asked.get("figwright state"));
            if (!Boolean.TRUE.equals(state.get("has_session")) || context.getManager() == null) {
                return null;
            }
            String id = "RECORDED" + asked.get("number");
            Session session = context.getManager().createSession(id);
            Plain.Back back = new Plain.Back(loader());
            for (Map.Entry<String, Object> entry : Json.object(state.get("session")).entrySet()) {
                try {
                    Object value = back.value(entry.getValue(), null);
                    if (value != Plain.NOT) {
                        session.getSession().setAttribute(entry.getKey(), value);
                    }
                } catch (ClassNotFoundException | LinkageError unknown) {
                    // A slice without the class cannot have changed it either
                    session.getSession().setAttribute(entry.getKey(), new Carried(entry.getValue()));
                }
            }
            request.setRequestedSessionId(id);
            request.setRequestedSessionCookie(true);
            return session;
        }

        private String attributes(Session session, Map<String, Object> asked) {
            if (session == null || !session.isValid()) {
                return session == null ? "" : "ended";
            }
            Map<String, Object> found = new TreeMap<String, Object>();
            for (Enumeration<String> names = session.getSession().getAttributeNames(); names.hasMoreElements();) {
                String one = names.nextElement();
                Object value = session.getSession().getAttribute(one);
                Object dumped = value instanceof Carried ? ((Carried) value).dumped : new Plain(type -> type.getClassLoader() == loader()).dump(value, one);
                found.put(one, dumped == Plain.NOT ? "(not plain)" : dumped);
            }
            return Json.write(found);
        }
    }

    static String traceback(Object failure) {
        if (!(failure instanceof Throwable)) {
            return "";
        }
        StringWriter text = new StringWriter();
        ((Throwable) failure).printStackTrace(new PrintWriter(text));
        String found = text.toString();
        Throwable root = (Throwable) failure;
        for (int i = 0; i < 20 && root.getCause() != null && root.getCause() != root; i++) {
            root = root.getCause();
        }
        // The last line is what a reader is shown
        String last = String.valueOf(root).replace("\r", "").replace("\n", " | ");
        return found.substring(0, Math.min(found.length(), 8000)) + "\n" + last.substring(0, Math.min(last.length(), 2000));
    }
}
