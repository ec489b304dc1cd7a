package figwright.boot;

import java.time.Instant;
import java.util.BitSet;

/** What woven code calls. It lies on the boot class path, so that every class loader sees the same one. */
public final class Hooks {
    public interface Around {
        void call(Object self, Class<?> owner, String renamed, String name, Object request, Object response) throws Throwable;
    }

    public interface Connected {
        void connected(Object driver, String url, java.util.Properties info);
    }

    public interface Filtered {
        void filtered(Object filter);
    }

    public static volatile Filtered filtered;
    public static volatile Around around;
    public static volatile Connected connected;
    public static volatile Object weaver;
    /** Milliseconds at which the clock stands; MIN_VALUE: it runs. */
    public static volatile long frozen = Long.MIN_VALUE;
    private static final BitSet LINES = new BitSet();

    private Hooks() {
    }

    public static void around(Object self, Class<?> owner, String renamed, String name, Object request, Object response) throws Throwable {
        around.call(self, owner, renamed, name, request, response);
    }

    public static void connected(Object driver, String url, java.util.Properties info) {
        Connected one = connected;
        if (one != null) {
            one.connected(driver, url, info);
        }
    }

    public static void filtered(Object filter) {
        Filtered one = filtered;
        if (one != null) {
            one.filtered(filter);
        }
    }

    public static long currentTimeMillis() {
        long at = frozen;
        return at == Long.MIN_VALUE ? System.currentTimeMillis() : at;
    }

    /** Null while the clock runs. */
    public static Instant instant() {
        long at = frozen;
        return at == Long.MIN_VALUE ? null : Instant.ofEpochMilli(at);
    }

    public static void line(int number) {
        synchronized (LINES) {
            LINES.set(number);
        }
    }

    public static BitSet takeLines() {
        synchronized (LINES) {
            BitSet found = (BitSet) LINES.clone();
            LINES.clear();
            return found;
        }
    }
}
