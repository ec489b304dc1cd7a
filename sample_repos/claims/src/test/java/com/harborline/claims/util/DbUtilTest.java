package com.harborline.claims.util;

import static org.junit.Assert.*;

import java.io.File;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.model.Claim;

public class DbUtilTest extends DbTestCase {

    @Test
    public void keysCountUp() throws Exception {
        assertEquals(1, DbUtil.nextKey("SOMETHING"));
        assertEquals(2, DbUtil.nextKey("SOMETHING"));
    }

    @Test
    public void brokenStatementIsOnlyLogged() {
        assertEquals(-1, DbUtil.exec("UPDATE NO_TABLE SET X = 1"));
        assertNull(DbUtil.queryString("SELECT X FROM NO_TABLE"));
        assertEquals(0, DbUtil.queryLong("SELECT X FROM NO_TABLE"));
    }

    @Test
    public void rowsAreMaps() throws Exception {
        List<Map<String, Object>> rows = DbUtil.queryRows("SELECT LOGIN, ROLE_CODE AS R FROM APP_USER WHERE LOGIN = ?", "anna");
        assertEquals("ADJUSTER", rows.get(0).get("R"));
        assertEquals(1, rows.size());
    }

    @Test
    public void quoteDoublesQuotes() {
        assertEquals("'O''Neil'", DbUtil.quote("O'Neil"));
        assertEquals("NULL", DbUtil.quote(null));
    }

    @Test
    public void testDatabaseIsNotOracle() throws Exception {
        Connection con = ConnectionManager.getConnection();
        try {
            assertFalse(DbUtil.isOracle(con));
        } finally {
            ConnectionManager.release(con);
        }
    }

    @Test
    public void recalcTakesPaidAmountsFromPayments() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        long payee = payee("021000021");
        sql("INSERT INTO PAYMENT (PAYMENT_ID, CLAIM_ID, PAYEE_ID, RESERVE_TYPE, AMOUNT_CENTS, METHOD, STATUS, CREATED_ON)"
                + " VALUES (1, " + c.getClaimId() + ", " + payee + ", 'INDM', 40000, 'B', 'SENT', CURRENT_TIMESTAMP)");
        assertEquals(2000.0, DbUtil.callRecalc(c.getClaimId(), "x"), 0.001);
        assertEquals(400.0, DbUtil.queryDouble("SELECT PAID_TOTAL FROM CLAIM WHERE CLAIM_ID = " + c.getClaimId()), 0.001);
    }

    @Test
    public void holderNameIsCachedUntilCleared() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        assertEquals("Miller", DbUtil.holderNameOfClaim(c.getClaimId()));
        sql("UPDATE POLICYHOLDER SET LAST_NAME = 'Smith'");
        assertEquals("Miller", DbUtil.holderNameOfClaim(c.getClaimId()));
        DbUtil.clearCaches();
        assertEquals("Smith", DbUtil.holderNameOfClaim(c.getClaimId()));
    }

    @Test
    public void poolReusesAndResetsConnections() throws Exception {
        SimplePool pool = new SimplePool("jdbc:h2:mem:pooltest", "sa", "", 1);
        Connection a = pool.take();
        a.setAutoCommit(false);
        pool.giveBack(a);
        Connection b = pool.take();
        assertSame(a, b);
        assertTrue(b.getAutoCommit());
        b.close();
        pool.giveBack(b);
        assertNotSame(b, pool.take());
    }

    @Test
    public void poolWithWrongUrlFails() {
        try {
            new SimplePool("jdbc:nothing:x", "", "", 1).take();
            fail();
        } catch (SQLException e) {
            assertTrue(e.getMessage().contains("No suitable driver"));
        }
    }

    @Test
    public void logWritesTheFile() throws Exception {
        File f = new File(tmp.getRoot(), "app.txt");
        Config.set("log.file", f.getPath());
        try {
            Log.error("went wrong", new RuntimeException("boom"));
        } finally {
            Config.set("log.file", "");
        }
        String s = new String(Files.readAllBytes(f.toPath()), "UTF-8");
        assertTrue(s.contains("ERROR"));
        assertTrue(s.contains("boom"));
    }

    @Test
    public void configDefaults() {
        assertEquals("d", Config.get("not.there", "d"));
        assertEquals(7, Config.getInt("not.there", 7));
        Config.set("not.a.number", "x");
        assertEquals(8, Config.getInt("not.a.number", 8));
    }
}
