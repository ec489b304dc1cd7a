package figwright.tools;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A call that was seen, written as the HTTP request that leads to it. */
final class Written {
    private Written() {
    }

    static String pathOf(List<String> patterns, Object request, Map<String, Object> one) {
        String info = text(Calls.probe(request, "getPathInfo"));
        String path = text(Calls.probe(request, "getServletPath")) + info;
        for (String pattern : patterns) {
            if (!path.isEmpty() && Mappings.matches(pattern, path)) {
                one.put("route", pattern);
                return path;
            }
        }
        for (String pattern : patterns) {
            if (!pattern.contains("*") && !pattern.equals("/")) {
                one.put("route", pattern);
                return pattern;
            }
            if (pattern.endsWith("/*")) {
                one.put("route", pattern);
                return pattern.substring(0, pattern.length() - 2) + info;
            }
        }
        return null;
    }

    static String text(Object found) {
        return found instanceof String ? (String) found : "";
    }

    static String form(Map<String, List<String>> parameters) throws IOException {
        StringBuilder found = new StringBuilder();
        for (Map.Entry<String, List<String>> entry : parameters.entrySet()) {
            for (String value : entry.getValue()) {
                found.append(found.length() == 0 ? "" : "&").append(URLEncoder.encode(entry.getKey(), "UTF-8")).append('=').append(URLEncoder.encode(value, "UTF-8"));
            }
        }
        return found.toString();
    }

    static byte[] bodyOf(Recorder.Seen seen) throws IOException {
        if (seen.body != null) {
            return seen.body.getBytes(StandardCharsets.UTF_8);
        }
        if (!seen.parts.isEmpty()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (Map.Entry<String, List<String>> entry : seen.parameters.entrySet()) {
                for (String value : entry.getValue()) {
                    out.write(("--figwright\r\nContent-Disposition: form-data; name=\"" + entry.getKey() + "\"\r\n\r\n" + value + "\r\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            for (Map.Entry<String, Object[]> entry : seen.parts.entrySet()) {
                String file = text(entry.getValue()[0]).replace("\\", "\\\\").replace("\"", "\\\"");
                String type = text(entry.getValue()[1]);
                out.write(("--figwright\r\nContent-Disposition: form-data; name=\"" + entry.getKey() + "\"" + (file.isEmpty() ? "" : "; filename=\"" + file + "\"")
                        + "\r\n" + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8));
                out.write((byte[]) entry.getValue()[2]);
                out.write("\r\n".getBytes(StandardCharsets.UTF_8));
            }
            out.write("--figwright--\r\n".getBytes(StandardCharsets.UTF_8));
            return out.toByteArray();
        }
        boolean form = seen.verb.equals("POST") && !seen.parameters.isEmpty();
        return form ? form(seen.parameters).getBytes(StandardCharsets.UTF_8) : new byte[0];
    }

    static List<Object> headersOf(Recorder.Seen seen, byte[] body) {
        List<Object> found = new ArrayList<Object>();
        for (Map.Entry<String, String> entry : seen.headers.entrySet()) {
            found.add(Arrays.asList(entry.getKey(), entry.getValue()));
        }
        if (body.length > 0 && !seen.headers.containsKey("Content-Type")) {
            String type = text(Calls.probe(seen.original, "getContentType"));
            String made = !seen.parts.isEmpty() ? "multipart/form-data; boundary=figwright" : "application/x-www-form-urlencoded; charset=UTF-8";
            found.add(Arrays.asList("Content-Type", seen.body != null && !type.isEmpty() ? type : made));
        }
        return found;
    }
}
