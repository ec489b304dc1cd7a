package figwright;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.jar.JarFile;

/** Loads the weaver into a class loader of its own, so that its library cannot meet the program's. Argument: the folder of the jars, a comma, and what to do. */
public final class Agent {
    private Agent() {
    }

    public static void premain(String argument, Instrumentation instrumentation) throws Exception {
        int comma = argument.indexOf(',');
        File folder = new File(argument.substring(0, comma));
        instrumentation.appendToBootstrapClassLoaderSearch(new JarFile(new File(folder, "boot.jar")));
        File[] jars = new File(folder, "lib").listFiles();
        java.util.List<URL> urls = new java.util.ArrayList<URL>();
        urls.add(new File(folder, "tools.jar").toURI().toURL());
        for (File jar : jars == null ? new File[0] : jars) {
            if (jar.getName().startsWith("asm-")) {
                urls.add(jar.toURI().toURL());
            }
        }
        ClassLoader parent = ClassLoader.getSystemClassLoader().getParent();
        ClassLoader loader = new URLClassLoader(urls.toArray(new URL[0]), parent);
        loader.loadClass("figwright.tools.Weaver").getMethod("install", String.class, Instrumentation.class)
                .invoke(null, argument.substring(comma + 1), instrumentation);
    }
}
