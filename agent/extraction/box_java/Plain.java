package figwright.tools;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Values as JSON and back: texts, numbers, dates, collections, and objects of the program's own classes, field by field. */
public final class Plain {
    /** Stands for what is none of these. */
    public static final Object NOT = new Object();
    private static final int DEEPEST = 40;
    private static final Set<String> COLLECTIONS = new HashSet<String>(Arrays.asList("java.util.ArrayList", "java.util.LinkedList", "java.util.Vector",
            "java.util.HashSet", "java.util.LinkedHashSet", "java.util.TreeSet", "java.util.ArrayDeque", "java.util.concurrent.CopyOnWriteArrayList"));
    private static final Set<String> MAPS = new HashSet<String>(Arrays.asList("java.util.HashMap", "java.util.LinkedHashMap", "java.util.TreeMap",
            "java.util.Hashtable", "java.util.Properties", "java.util.concurrent.ConcurrentHashMap", "java.util.concurrent.ConcurrentSkipListMap"));

    private final Predicate<Class<?>> own;
    private final IdentityHashMap<Object, Integer> seen = new IdentityHashMap<Object, Integer>();
    /** Names of what could not be kept. */
    public final List<String> left = new ArrayList<String>();

    public Plain(Predicate<Class<?>> own) {
        this.own = own;
    }

    public Object dump(Object value, String where) {
        return dump(value, where, 0);
    }

    private Object dump(Object value, String where, int depth) {
        if (value == null || value instanceof String || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number || value instanceof Character) {
            if (value instanceof AtomicInteger || value instanceof AtomicLong || value.getClass().getName().startsWith("java.lang.") || value instanceof BigDecimal
                    || value instanceof BigInteger) {
                return tagged("v", value.getClass().getName(), value.toString());
            }
        }
        if (value instanceof AtomicBoolean) {
            return tagged("v", value.getClass().getName(), value.toString());
        }
        if (value instanceof java.sql.Timestamp) {
            return tagged("v", value.getClass().getName(), value.toString());
        }
        if (value instanceof Date && value.getClass().getName().startsWith("java.")) {
            return tagged("v", value.getClass().getName(), String.valueOf(((Date) value).getTime()));
        }
        if (value instanceof byte[]) {
            return tagged("v", "byte[]", Base64.getEncoder().encodeToString((byte[]) value));
        }
        if (value.getClass().getName().startsWith("java.time.") && value instanceof Comparable) {
            return tagged("v", value.getClass().getName(), value.toString());
        }
        if (depth > DEEPEST) {
            return not(where);
        }
        if (value instanceof Enum && own.test(((Enum<?>) value).getDeclaringClass())) {
            return tagged("e", ((Enum<?>) value).getDeclaringClass().getName(), ((Enum<?>) value).name());
        }
        Integer known = seen.get(value);
        if (known != null) {
            return tagged("r", "", known.longValue());
        }
        return container(value, where, depth);
    }

    private Object container(Object value, String where, int depth) {
        String type = value.getClass().getName();
        long id = seen.size();
        if (value.getClass().isArray() && !value.getClass().getComponentType().isPrimitive() || value instanceof int[] || value instanceof long[] || value instanceof double[]) {
            seen.put(value, (int) id);
            List<Object> found = new ArrayList<Object>();
            for (int i = 0; i < Array.getLength(value); i++) {
                found.add(dump(Array.get(value, i), where + "[]", depth + 1));
            }
            return found.contains(NOT) ? NOT : tagged("a", value.getClass().getComponentType().getName(), found, id);
        }
        if (value instanceof Collection && (COLLECTIONS.contains(type) || type.startsWith("java.util.Collections$") || type.equals("java.util.Arrays$ArrayList") || type.startsWith("java.util.ImmutableCollections"))) {
            seen.put(value, (int) id);
            List<Object> found = new ArrayList<Object>();
            for (Object one : (Collection<?>) value) {
                found.add(dump(one, where + "[]", depth + 1));
            }
            String made = COLLECTIONS.contains(type) ? type : value instanceof Set ? "java.util.LinkedHashSet" : "java.util.ArrayList";
            return found.contains(NOT) ? NOT : tagged("c", made, found, id);
        }
        if (value instanceof Map && (MAPS.contains(type) || type.startsWith("java.util.Collections$"))) {
            seen.put(value, (int) id);
            List<Object> found = new ArrayList<Object>();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                Object key = dump(entry.getKey(), where + "{}", depth + 1);
                Object item = dump(entry.getValue(), where + "{}", depth + 1);
                if (key == NOT || item == NOT) {
                    return NOT;
                }
                found.add(Arrays.asList(key, item));
            }
            return tagged("m", MAPS.contains(type) ? type : "java.util.LinkedHashMap", found, id);
        }
        if (!own.test(value.getClass()) || value.getClass().isSynthetic() || value instanceof Thread || value instanceof ClassLoader) {
            return not(where);
        }
        seen.put(value, (int) id);
        Map<String, Object> fields = new TreeMap<String, Object>();
        boolean part = false;
        for (Field field : fields(value.getClass())) {
            Object found;
            try {
                found = dump(field.get(value), where + "." + field.getName(), depth + 1);
            } catch (IllegalAccessException | RuntimeException odd) {
                found = not(where + "." + field.getName());
            }
            part |= found == NOT;
            if (found != NOT) {
                fields.put(field.getDeclaringClass().getName() + " " + field.getName(), found);
            }
        }
        // "p": some of it could not be kept; such an object is filled where there is one, and never made
        return tagged(part ? "p" : "o", type, fields, id);
    }

    private Object not(String where) {
        left.add(where);
        return NOT;
    }

    private static Map<String, Object> tagged(String kind, String type, Object value, Object... id) {
        Map<String, Object> found = new LinkedHashMap<String, Object>();
        found.put("$", kind);
        found.put("t", type);
        if (id.length > 0) {
            found.put("i", id[0]);
        }
        found.put("v", value);
        return found;
    }

    /** Instance fields of a class and of those above it, accessible. */
    static List<Field> fields(Class<?> type) {
        List<Field> found = new ArrayList<Field>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    found.add(field);
                } catch (RuntimeException closed) {
                    continue;
                }
            }
        }
        return found;
    }

    /** The values of a class's static fields that can change; constants of plain types cannot. */
    static Map<String, Object> statics(Class<?> type, Plain plain) {
        Map<String, Object> found = new TreeMap<String, Object>();
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) || field.isSynthetic() || field.getName().indexOf('$') >= 0) {
                continue;
            }
            boolean constant = Modifier.isFinal(field.getModifiers());
            if (constant && (field.getType().isPrimitive() || field.getType() == String.class)) {
                continue;
            }
            try {
                field.setAccessible(true);
                Object value = field.get(null);
                if (constant && (value == null || value instanceof Number || value instanceof Enum)) {
                    continue;
                }
                Object dumped = plain.dump(value, type.getName() + "." + field.getName());
                if (dumped != NOT) {
                    found.put(field.getName(), dumped);
                }
            } catch (Throwable odd) {
                plain.left.add(type.getName() + "." + field.getName());
            }
        }
        return found;
    }

    /** Values that were dumped by one Plain, made again in another class loader. */
    public static final class Back {
        private final ClassLoader loader;
        private final Map<Long, Object> made = new java.util.HashMap<Long, Object>();

        public Back(ClassLoader loader) {
            this.loader = loader;
        }

        @SuppressWarnings({"unchecked", "rawtypes"})
        public Object value(Object plain, Object before) throws Exception {
            if (!(plain instanceof Map)) {
                return plain;
            }
            Map<String, Object> tagged = Json.object(plain);
            String kind = (String) tagged.get("$");
            String type = (String) tagged.get("t");
            Object content = tagged.get("v");
            Long id = (Long) tagged.get("i");
            switch (kind) {
                case "r":
                    return made.containsKey((Long) content) ? made.get((Long) content) : before;
                case "e":
                    return Enum.valueOf((Class) Class.forName(type, true, loader), (String) content);
                case "a":
                    return array(type, Json.list(content), id);
                case "c":
                    Collection filled = before != null && before.getClass().getName().equals(type) ? (Collection) before
                            : (Collection) Class.forName(type).getDeclaredConstructor().newInstance();
                    made.put(id, filled);
                    List<Object> items = new ArrayList<Object>();
                    for (Object one : Json.list(content)) {
                        items.add(value(one, null));
                    }
                    if (items.contains(NOT)) {
                        return NOT;
                    }
                    filled.clear();
                    filled.addAll(items);
                    return filled;
                case "m":
                    Map map = before != null && before.getClass().getName().equals(type) ? (Map) before
                            : (Map) Class.forName(type).getDeclaredConstructor().newInstance();
                    made.put(id, map);
                    Map<Object, Object> entries = new LinkedHashMap<Object, Object>();
                    for (Object pair : Json.list(content)) {
                        entries.put(value(Json.list(pair).get(0), null), value(Json.list(pair).get(1), null));
                    }
                    if (entries.containsKey(NOT) || entries.containsValue(NOT)) {
                        return NOT;
                    }
                    map.clear();
                    map.putAll(entries);
                    return map;
                case "p":
                    return before == null || !before.getClass().getName().equals(type) ? NOT : object(type, Json.object(content), id, before);
                case "o":
                    return object(type, Json.object(content), id, before);
                default:
                    return single(type, (String) content, before);
            }
        }

        private Object array(String type, List<Object> content, Long id) throws Exception {
            Class<?> component = type.equals("int") ? int.class : type.equals("long") ? long.class : type.equals("double") ? double.class : Class.forName(type, true, loader);
            Object found = Array.newInstance(component, content.size());
            made.put(id, found);
            for (int i = 0; i < content.size(); i++) {
                Object one = value(content.get(i), null);
                if (one == NOT) {
                    return NOT;
                }
                Array.set(found, i, one);
            }
            return found;
        }

        private Object object(String type, Map<String, Object> fields, Long id, Object before) throws Exception {
            Class<?> wanted = Class.forName(type, true, loader);
            boolean there = before != null && before.getClass() == wanted;
            Object found = there ? before : unsafe(wanted);
            made.put(id, found);
            for (Field field : fields(wanted)) {
                String name = field.getDeclaringClass().getName() + " " + field.getName();
                if (fields.containsKey(name)) {
                    Object old = field.get(found);
                    Object fresh = value(fields.get(name), old);
                    if (fresh == NOT && !there) {
                        return NOT;
                    }
                    if (fresh != old && fresh != NOT) {
                        field.set(found, fresh);
                    }
                }
            }
            return found;
        }

        private Object single(String type, String text, Object before) throws Exception {
            switch (type) {
                case "byte[]":
                    return Base64.getDecoder().decode(text);
                case "java.lang.Character":
                    return text.charAt(0);
                case "java.sql.Timestamp":
                    return java.sql.Timestamp.valueOf(text);
                case "java.util.concurrent.atomic.AtomicInteger":
                    AtomicInteger counter = before instanceof AtomicInteger ? (AtomicInteger) before : new AtomicInteger();
                    counter.set(Integer.parseInt(text));
                    return counter;
                case "java.util.concurrent.atomic.AtomicLong":
                    AtomicLong large = before instanceof AtomicLong ? (AtomicLong) before : new AtomicLong();
                    large.set(Long.parseLong(text));
                    return large;
                case "java.util.concurrent.atomic.AtomicBoolean":
                    return new AtomicBoolean(Boolean.parseBoolean(text));
                default:
            }
            Class<?> wanted = Class.forName(type);
            if (Date.class.isAssignableFrom(wanted)) {
                return wanted.getConstructor(long.class).newInstance(Long.parseLong(text));
            }
            if (type.startsWith("java.time.")) {
                return wanted.getMethod("parse", CharSequence.class).invoke(null, text);
            }
            return wanted.getConstructor(String.class).newInstance(text);
        }

        /** Static fields of a class as they were, as far as they were kept. */
        public void statics(String type, Map<String, Object> values) throws Exception {
            Class<?> target = Class.forName(type, true, loader);
            for (Map.Entry<String, Object> entry : values.entrySet()) {
                Field field;
                try {
                    field = target.getDeclaredField(entry.getKey());
                } catch (NoSuchFieldException gone) {
                    continue;
                }
                field.setAccessible(true);
                Object old = field.get(null);
                Object fresh = value(entry.getValue(), old);
                if (fresh != old && fresh != NOT && !Modifier.isFinal(field.getModifiers())) {
                    field.set(null, fresh);
                }
            }
        }

        private static Object unsafe(Class<?> type) throws Exception {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            Object unsafe = field.get(null);
            return unsafe.getClass().getMethod("allocateInstance", Class.class).invoke(unsafe, type);
        }
    }
}
