package com.harborline.claims.util;

import java.sql.Connection;
import java.sql.SQLException;

/*
 * ConnectionManager.java
 * rwk 10/2009
 */
public class ConnectionManager {

    private static SimplePool s_pool = null;

    /** who takes one must give it back with release(), in a finally! */
    public static Connection getConnection() throws SQLException {
        return pool().take();
    }

    public static void release(Connection con) {
        if (s_pool != null) {
            s_pool.giveBack(con);
        }
    }

    private static synchronized SimplePool pool() {
        if (s_pool == null) {
            String sDriver = Config.get("db.driver", "oracle.jdbc.OracleDriver");
            try {
                Class.forName(sDriver);
            } catch (ClassNotFoundException e) {
                // Tomcat has it in its lib folder, see README
                Log.warn("driver " + sDriver + " not found");
            }
            s_pool = new SimplePool(
                    Config.get("db.url", "jdbc:oracle:thin:@ora-prod-01.harborline.internal:1521:CLMPRD"),
                    Config.get("db.user", "claims_app"),
                    Config.get("db.password", ""),
                    Config.getInt("db.pool.max", 10));
        }
        return s_pool;
    }

    public static synchronized void shutdown() {
        if (s_pool != null) {
            s_pool.closeAll();
            s_pool = null;
        }
    }

    public static int connectionsOut() {
        return s_pool == null ? 0 : s_pool.getGiven();
    }
}
