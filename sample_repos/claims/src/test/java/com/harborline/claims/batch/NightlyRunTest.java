package com.harborline.claims.batch;

import static org.junit.Assert.*;

import java.io.File;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Policy;
import com.harborline.claims.service.PaymentService;
import com.harborline.claims.util.Config;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.Utils;

public class NightlyRunTest extends DbTestCase {

    @Test
    public void wholeRun() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        new PaymentService().enter(payment(c, payee("021000021"), 40000, METHOD_BANK), "anna");
        assertEquals(0, new NightlyRun().run("all"));
        assertEquals(1, new File(Config.get("bank.share")).list().length);
        assertEquals(2, new File(Config.get("export.path")).list().length);
        assertEquals("SENT", value("SELECT STATUS FROM PAYMENT"));
        assertEquals("nightly", value("SELECT UPDATED_BY FROM CLAIM_RESERVE"));
    }

    @Test
    public void missingShareStopsBeforeTheExports() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        new PaymentService().enter(payment(c, payee("021000021"), 40000, METHOD_BANK), "anna");
        Config.set("bank.share", new File(tmp.getRoot(), "no").getPath());
        assertEquals(2, new NightlyRun().run("all"));
        assertEquals("1", value("SELECT COUNT(*) FROM MAIL_QUEUE WHERE SUBJECT = 'NO BANK FILE TODAY'"));
        assertFalse(new File(Config.get("export.path")).exists());
    }

    @Test
    public void reservesOnly() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        sql("UPDATE CLAIM_RESERVE SET PAID_AMOUNT = 77");
        assertEquals(0, new NightlyRun().run("reserves"));
        assertEquals(0.0, DbUtil.queryDouble("SELECT PAID_AMOUNT FROM CLAIM_RESERVE WHERE CLAIM_ID = " + c.getClaimId()), 0.001);
    }

    @Test
    public void lapse() throws Exception {
        Policy p = autoPolicy();
        sql("UPDATE POLICY SET END_DATE = DATE '" + Utils.fmtDate(Utils.addDays(Utils.today(), -1)) + "'");
        assertEquals(0, new NightlyRun().run("lapse"));
        assertEquals("LA", value("SELECT STATUS FROM POLICY WHERE POLICY_ID = " + p.getPolicyId()));
    }

    @Test
    public void pollWithoutOrders() {
        assertEquals(0, new NightlyRun().run("poll"));
    }

    @Test
    public void unknownStep() {
        assertEquals(8, new NightlyRun().run("dance"));
    }
}
