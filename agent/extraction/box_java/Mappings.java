package figwright.tools;

import java.io.File;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.DocumentBuilderFactory;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Under which patterns servlets stand: of the web.xml files and of @WebServlet. */
public final class Mappings {
    private final Map<String, List<String>> patterns = new LinkedHashMap<String, List<String>>();

    public void read(File place) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setExpandEntityReferences(false);
            Document document = factory.newDocumentBuilder().parse(place);
            Map<String, String> classes = new LinkedHashMap<String, String>();
            NodeList servlets = document.getElementsByTagName("servlet");
            for (int i = 0; i < servlets.getLength(); i++) {
                Element one = (Element) servlets.item(i);
                classes.put(text(one, "servlet-name"), text(one, "servlet-class"));
            }
            NodeList mapped = document.getElementsByTagName("servlet-mapping");
            for (int i = 0; i < mapped.getLength(); i++) {
                Element one = (Element) mapped.item(i);
                String type = classes.getOrDefault(text(one, "servlet-name"), "");
                NodeList found = one.getElementsByTagName("url-pattern");
                for (int n = 0; n < found.getLength() && !type.isEmpty(); n++) {
                    patterns.computeIfAbsent(type, key -> new ArrayList<String>()).add(found.item(n).getTextContent().trim());
                }
            }
        } catch (Exception odd) {
            System.err.println("figwright: " + place + " cannot be read: " + odd);
        }
    }

    private static String text(Element element, String name) {
        NodeList found = element.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().trim();
    }

    /** The class that is mapped, with its patterns: the servlet's own, or the nearest above it. Null when there is none. */
    public Map.Entry<Class<?>, List<String>> of(Class<?> type) {
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            List<String> found = new ArrayList<String>(patterns.getOrDefault(each.getName(), new ArrayList<String>()));
            for (Annotation one : each.getDeclaredAnnotations()) {
                if (one.annotationType().getName().equals("javax.servlet.annotation.WebServlet")) {
                    for (String member : new String[] {"value", "urlPatterns"}) {
                        try {
                            found.addAll(Arrays.asList((String[]) one.annotationType().getMethod(member).invoke(one)));
                        } catch (ReflectiveOperationException odd) {
                            continue;
                        }
                    }
                }
            }
            if (!found.isEmpty()) {
                return new java.util.AbstractMap.SimpleEntry<Class<?>, List<String>>(each, found);
            }
        }
        return null;
    }

    public static boolean matches(String pattern, String path) {
        if (pattern.endsWith("/*")) {
            String start = pattern.substring(0, pattern.length() - 2);
            return path.equals(start) || path.startsWith(start + "/");
        }
        if (pattern.startsWith("*.")) {
            return path.endsWith(pattern.substring(1));
        }
        return pattern.equals(path);
    }
}
