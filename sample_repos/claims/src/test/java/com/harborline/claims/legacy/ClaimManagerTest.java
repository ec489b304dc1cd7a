package com.harborline.claims.legacy;

import static org.junit.Assert.*;

import java.io.File;
import java.nio.file.Files;
import java.util.List;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Policy;
import com.harborline.claims.service.ReserveService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.Utils;

public class ClaimManagerTest extends DbTestCase {

    private final ClaimManager cm = ClaimManager.getInstance();

    @Test
    public void locks() {
        assertNull(cm.lock(77, "anna"));
        assertNull(cm.lock(77, "anna"));
        assertEquals("anna", cm.lock(77, "hugo"));
        cm.unlock(77, "hugo");
        assertEquals("anna", cm.lock(77, "hugo"));
        cm.unlockAll("anna");
        assertNull(cm.lock(77, "hugo"));
        cm.unlock(77, "hugo");
    }

    @Test
    public void transitions() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        cm.changeStatus(c.getClaimId(), CLM_WAIT, "me");
        try {
            cm.changeStatus(c.getClaimId(), CLM_CLOSED, "me");
            fail();
        } catch (AppException e) {
            assertEquals("C-201", e.getCode());
        }
    }

    @Test
    public void closeSetsReserveToPaidAndWritesLetter() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        String letter = cm.close(c.getClaimId(), "anna");
        assertTrue(letter.contains(c.getClaimNo()));
        assertTrue(letter.contains("Jane Miller"));
        assertEquals(0.0, ClaimDao.getInstance().load(c.getClaimId()).getReserveTotal(), 0.001);
    }

    @Test
    public void closeWaitsForPaymentsAndRepairs() throws Exception {
        Claim c = claim(autoPolicy(), COV_GLAS);
        cm.quickPay(c.getClaimId(), "Jane Miller", 100, "anna");
        try {
            cm.close(c.getClaimId(), "anna");
            fail();
        } catch (AppException e) {
            assertEquals("C-202", e.getCode());
        }
        sql("UPDATE PAYMENT SET STATUS = 'PAID'");
        sql("INSERT INTO REPAIR_SHOP (SHOP_ID, SHOP_CODE, SHOP_NAME) VALUES (1, 'S1', 'Shop')");
        sql("INSERT INTO REPAIR_ORDER (ORDER_ID, CLAIM_ID, SHOP_ID, STATUS, ORDERED_ON) VALUES (1, " + c.getClaimId()
                + ", 1, 'ORDERED', CURRENT_TIMESTAMP)");
        try {
            cm.close(c.getClaimId(), "anna");
            fail();
        } catch (AppException e) {
            assertEquals("C-203", e.getCode());
        }
    }

    @Test
    public void rejectAndReopen() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        String letter = cm.reject(c.getClaimId(), "not covered", "me");
        assertTrue(letter.contains("because: not covered"));
        assertEquals(0.0, DbUtil.sumReserves(c.getClaimId()), 0.001);
        cm.reopen(c.getClaimId(), "objection", "me");
        assertEquals(1450.0, DbUtil.sumReserves(c.getClaimId()), 0.001);
        assertEquals(CLM_REOPENED, ClaimDao.getInstance().load(c.getClaimId()).getStatus());
    }

    @Test
    public void coverageCheck() throws Exception {
        Policy p = autoPolicy();
        Claim c = claim(p, COV_COLL);
        assertEquals("", cm.checkCoverage(c));
        c.setLossType(COV_FIRE);
        assertTrue(cm.checkCoverage(c).contains("FIRE"));
        c.setLossDate(Utils.addDays(p.getStartDate(), -1));
        assertTrue(cm.checkCoverage(c).contains("before"));
    }

    @Test
    public void netAmountOfUnderInsuredHouse() throws Exception {
        Claim c = claim(policy(PROD_HOME, coverage(COV_FIRE, 100000, 1000)), COV_FIRE);
        assertEquals(19000.0, cm.netAmount(c, 20000, 100000), 0.001);
        assertEquals(9000.0, cm.netAmount(c, 20000, 200000), 0.001);
        assertEquals(100000.0, cm.netAmount(c, 500000, 100000), 0.001);
        assertEquals(0.0, cm.netAmount(c, 500, 0), 0.001);
    }

    @Test
    public void totalLossEndsThePolicyWithoutHistory() throws Exception {
        Policy p = autoPolicy();
        Claim c = claim(p, COV_COLL);
        assertEquals(11500.0, cm.totalLoss(c.getClaimId(), 12000, "anna"), 0.001);
        assertEquals("TL", DbUtil.policyStatus(p.getPolicyNo()));
        assertEquals("0", value("SELECT COUNT(*) FROM POLICY_HISTORY"));
    }

    @Test
    public void quickPayMakesPayeeAndBooksReserve() throws Exception {
        Claim c = claim(autoPolicy(), COV_GLAS);
        long id = cm.quickPay(c.getClaimId(), "Glass Shop", 250.5, "anna");
        assertEquals("25050", value("SELECT AMOUNT_CENTS FROM PAYMENT WHERE PAYMENT_ID = " + id));
        assertEquals(169.5, ReserveService.getInstance().openAmount(c.getClaimId()), 0.001);
        cm.quickPay(c.getClaimId(), "Glass Shop", 10, "anna");
        assertEquals("1", value("SELECT COUNT(*) FROM PAYEE"));
        try {
            cm.quickPay(c.getClaimId(), "Glass Shop", 601, "anna");
            fail();
        } catch (AppException e) {
            assertEquals("C-302", e.getCode());
        }
    }

    @Test
    public void fraudPoints() throws Exception {
        Policy p = autoPolicy();
        Claim c = claim(p, COV_COLL);
        assertEquals(0, cm.fraudScore(c));
        c.setLossDate(Utils.addDays(p.getStartDate(), 10));
        c.setDescription("Car STOLEN at night, no witness");
        assertEquals(65, cm.fraudScore(c));
    }

    @Test
    public void worklistDashboardAndDiary() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        assertEquals(1, cm.worklist("anna").size());
        assertEquals(0, cm.worklist("nobody").size());
        assertEquals(1, cm.dashboard().get("Anna North")[1]);
        cm.addDiary(c.getClaimId(), Utils.today(), "call the garage", "anna");
        cm.addDiary(c.getClaimId(), Utils.addDays(Utils.today(), 5), "later", "anna");
        assertEquals("call the garage", cm.dueDiary("anna", Utils.today()).get(c.getClaimNo()));
    }

    @Test
    public void mergeMovesEverything() throws Exception {
        Policy p = autoPolicy();
        Claim a = claim(p, COV_COLL);
        Claim b = claim(p, COV_GLAS);
        ReserveService.getInstance().setReserve(b.getClaimId(), RES_LEGAL, 100, "me");
        cm.quickPay(b.getClaimId(), "X", 50, "me");
        cm.merge(a.getClaimId(), b.getClaimId(), "me");
        Claim kept = ClaimDao.getInstance().load(a.getClaimId());
        assertEquals(2400 + 420 + 100, kept.getReserveTotal(), 0.001);
        assertEquals(50.0, kept.getPaidTotal(), 0.001);
        assertEquals(CLM_REJECTED, ClaimDao.getInstance().load(b.getClaimId()).getStatus());
        assertEquals("0", value("SELECT COUNT(*) FROM PAYMENT WHERE CLAIM_ID = " + b.getClaimId()));
    }

    @Test
    public void transferAll() throws Exception {
        Policy p = autoPolicy();
        claim(p, COV_COLL);
        claim(p, COV_GLAS);
        assertEquals(2, cm.transferAll(1, 2, "boss"));
        assertEquals(2, cm.worklist("hugo").size());
    }

    @Test
    public void averageDaysOfClosedClaims() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        assertEquals(0.0, cm.averageDays(Utils.addDays(Utils.today(), -9), Utils.today()), 0.001);
        sql("UPDATE CLAIM SET REPORTED_DATE = DATE '" + Utils.fmtDate(Utils.addDays(Utils.today(), -8)) + "'");
        cm.close(c.getClaimId(), "me");
        assertEquals(8.0, cm.averageDays(Utils.addDays(Utils.today(), -9), Utils.today()), 0.001);
    }

    @Test
    public void newAddressOfTheHolder() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        cm.updateHolderAddress(c.getClaimId(), "St. Mary's Rd 2", "Bay", "30001", "me");
        assertEquals("St. Mary's Rd 2", value("SELECT STREET FROM POLICYHOLDER"));
    }

    @Test
    public void noticesOfTheFile() throws Exception {
        Policy p = autoPolicy();
        File f = new File(tmp.getRoot(), "notices.txt");
        String day = Utils.fmtDate(Utils.addDays(Utils.today(), -2));
        Files.write(f.toPath(), ("# head\n" + p.getPolicyNo() + ";" + day + ";COLL;Dock;Jane;555;bang\n"
                + "NOPE;" + day + ";COLL;Dock;Jane;555;bang\nshort;line\n").getBytes("UTF-8"));
        List<String> bad = cm.importNotices(f, "import");
        assertEquals(2, bad.size());
        assertEquals("1", value("SELECT COUNT(*) FROM CLAIM"));
    }

    @Test
    public void summary() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        String html = cm.summaryHtml(c.getClaimId());
        assertTrue(html.contains(c.getClaimNo()));
        assertTrue(html.contains("reserve 2,400.00"));
        assertTrue(html.contains("covered"));
        assertEquals("", cm.summaryHtml(999));
    }

    @Test
    public void mainframeLine() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        assertEquals(32, MainframeFeed.line(c).length());
        assertTrue(MainframeFeed.line(c).endsWith("000000240000"));
    }
}
