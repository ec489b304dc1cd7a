package figwright.tools;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** Calls by reflection, and objects that stand before others and hear what these are asked. */
final class Calls {
    private Calls() {
    }

    static Object invoke(Method method, Object self, Object... arguments) throws Throwable {
        try {
            return method.invoke(self, arguments);
        } catch (InvocationTargetException wrapped) {
            throw wrapped.getCause();
        }
    }

    interface Call {
        Object on(Object proxy, Method method, Object[] arguments) throws Throwable;
    }

    static final class Watched implements java.lang.reflect.InvocationHandler {
        final Object target;
        final Call call;

        Watched(Object target, Call call) {
            this.target = target;
            this.call = call;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            return call.on(proxy, method, arguments);
        }
    }

    static Object proxy(Object target, Call call) {
        Set<Class<?>> found = new LinkedHashSet<Class<?>>();
        for (Class<?> each = target.getClass(); each != null; each = each.getSuperclass()) {
            found.addAll(Arrays.asList(each.getInterfaces()));
        }
        ClassLoader loader = target.getClass().getClassLoader();
        return Proxy.newProxyInstance(loader, found.toArray(new Class<?>[0]), new Watched(target, call));
    }

    static Object probe(Object target, String name, Object... typeAndArgument) {
        try {
            Method found = null;
            for (Class<?> each = target.getClass(); each != null && found == null; each = each.getSuperclass()) {
                for (Class<?> one : each.getInterfaces()) {
                    for (Method method : one.getMethods()) {
                        boolean fits = typeAndArgument.length == 0 ? method.getParameterCount() == 0
                                : method.getParameterCount() == 1 && method.getParameterTypes()[0] == typeAndArgument[0];
                        if (method.getName().equals(name) && fits) {
                            found = method;
                        }
                    }
                }
            }
            if (found == null) {
                return null;
            }
            found.setAccessible(true);
            return typeAndArgument.length == 0 ? found.invoke(target) : found.invoke(target, typeAndArgument[1]);
        } catch (InvocationTargetException | IllegalAccessException | RuntimeException not) {
            return null;
        }
    }
}
