package com.harborline.claims.util;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * Reads claims.properties once. -Dclaims.config=/path/file wins over the file
 * in the war.
 */
public final class Config {

    private static final Properties props = new Properties();

    static {
        load();
    }

    private Config() {
    }

    private static void load() {
        InputStream in = null;
        try {
            String file = System.getProperty("claims.config");
            if (file != null && file.length() > 0) {
                in = new FileInputStream(file);
            } else {
                in = Config.class.getResourceAsStream("/claims.properties");
            }
            if (in != null) {
                props.load(in);
            }
        } catch (IOException e) {
            System.out.println("claims.properties not readable: " + e);
        } finally {
            if (in != null) {
                try {
                    in.close();
                } catch (IOException e) {
                    // nothing to do
                }
            }
        }
    }

    public static String get(String key) {
        return props.getProperty(key);
    }

    public static String get(String key, String def) {
        String s = props.getProperty(key);
        return s == null || s.trim().length() == 0 ? def : s.trim();
    }

    public static int getInt(String key, int def) {
        try {
            return Integer.parseInt(get(key, String.valueOf(def)));
        } catch (NumberFormatException e) {
            return def;
        }
    }

    /** Only until the next restart. The admin page used it in 2013. */
    public static void set(String key, String value) {
        props.setProperty(key, value);
    }
}
