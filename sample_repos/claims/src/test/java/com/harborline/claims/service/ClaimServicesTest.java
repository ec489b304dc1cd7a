package com.harborline.claims.service;

import static org.junit.Assert.*;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.util.Date;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.ClaimDocument;
import com.harborline.claims.model.FnolWizard;
import com.harborline.claims.model.Policy;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Utils;

public class ClaimServicesTest extends DbTestCase {

    private final ClaimService service = new ClaimService();

    private FnolWizard wizard(Policy p, String type) {
        FnolWizard w = new FnolWizard();
        w.setPolicyNo(p.getPolicyNo());
        w.setPolicy(p);
        w.setLossDate(Utils.addDays(Utils.today(), -3));
        w.setLossType(type);
        w.setCallerName("Jane");
        w.setCallerPhone("555-0101");
        w.setDescription("tree fell on the car");
        return w;
    }

    @Test
    public void registerMakesClaimReserveAndAdjuster() throws Exception {
        Claim c = service.register(wizard(autoPolicy(), COV_COLL), "clerk");
        assertEquals(CLM_OPEN, c.getStatus());
        assertEquals(1, c.getAdjusterId());
        assertEquals(2400.0, c.getReserveTotal(), 0.001);
        assertTrue(c.getClaimNo().startsWith("HL-"));
        assertEquals(2, service.notes(c.getClaimId()).size());
        assertEquals("555-0101", value("SELECT PHONE FROM POLICYHOLDER"));
    }

    @Test
    public void estimateAndInjurySetReserves() throws Exception {
        FnolWizard w = wizard(autoPolicy(), COV_LIAB);
        w.setFirstEstimate(9000);
        w.setInjury(true);
        Claim c = service.register(w, "clerk");
        assertEquals(11500.0, c.getReserveTotal(), 0.001);
        assertEquals(2, c.getReserves().size());
    }

    @Test
    public void sameLossTwice() throws Exception {
        Policy p = autoPolicy();
        service.register(wizard(p, COV_COLL), "clerk");
        try {
            service.register(wizard(p, COV_COLL), "clerk");
            fail();
        } catch (AppException e) {
            assertEquals("C-102", e.getCode());
        }
        service.register(wizard(p, COV_GLAS), "clerk");
    }

    @Test
    public void incompleteWizard() throws Exception {
        try {
            service.register(new FnolWizard(), "clerk");
            fail();
        } catch (AppException e) {
            assertEquals("C-101", e.getCode());
        }
    }

    @Test
    public void stepsAreChecked() throws Exception {
        Policy p = autoPolicy();
        FnolWizard w = new FnolWizard();
        w.setStep(1);
        w.setPolicyNo("NOTHING");
        assertFalse(service.checkStep(w));
        w.setPolicyNo(p.getPolicyNo());
        assertTrue(service.checkStep(w));
        w.setStep(2);
        assertFalse(service.checkStep(w));
        w.setLossDate(Utils.addDays(Utils.today(), 2));
        w.setLossType(COV_FIRE);
        assertFalse(service.checkStep(w));
        assertEquals(2, w.getErrors().size());
        w.setLossDate(Utils.addDays(Utils.today(), -2));
        w.setLossType(COV_COLL);
        assertTrue(service.checkStep(w));
        w.setStep(3);
        assertFalse(service.checkStep(w));
        w.setCallerName("Jane");
        assertTrue(service.checkStep(w));
    }

    @Test
    public void lateNoticeIsNoted() throws Exception {
        FnolWizard w = wizard(autoPolicy(), COV_COLL);
        w.setLossDate(Utils.addDays(Utils.today(), -60));
        Claim c = service.register(w, "clerk");
        assertEquals("1", value("SELECT COUNT(*) FROM CLAIM_NOTE WHERE NOTE_TEXT = 'LATE NOTICE' AND CLAIM_ID = " + c.getClaimId()));
    }

    @Test
    public void fullAdjustersFallBackToHeadquarters() throws Exception {
        Policy p = autoPolicy();
        claim(p, COV_COLL);
        claim(p, COV_LIAB);
        Claim third = service.register(wizard(p, COV_GLAS), "clerk");
        assertEquals(2, third.getAdjusterId());
        sql("UPDATE ADJUSTER SET MAX_OPEN = 0");
        FnolWizard w = wizard(p, COV_LIAB);
        w.setLossDate(Utils.addDays(Utils.today(), -40));
        Claim fourth = service.register(w, "clerk");
        assertEquals(0, fourth.getAdjusterId());
        assertEquals(CLM_NEW, fourth.getStatus());
    }

    @Test
    public void regions() {
        assertEquals("NORTH", AssignmentService.regionOf("10234"));
        assertEquals("WEST", AssignmentService.regionOf("90001"));
        assertEquals("HQ", AssignmentService.regionOf(null));
        assertEquals("HQ", AssignmentService.regionOf("K1"));
    }

    @Test
    public void reassignRespectsTheLoad() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        new AssignmentService().reassign(c.getClaimId(), 2, "boss");
        assertEquals(2, ClaimDao.getInstance().load(c.getClaimId()).getAdjusterId());
        sql("UPDATE ADJUSTER SET MAX_OPEN = 0 WHERE ADJUSTER_ID = 1");
        try {
            new AssignmentService().reassign(c.getClaimId(), 1, "boss");
            fail();
        } catch (AppException e) {
            assertEquals("A-102", e.getCode());
        }
    }

    @Test
    public void reserveRules() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        ReserveService rs = ReserveService.getInstance();
        rs.setReserve(c.getClaimId(), RES_EXPENSE, 300, "me");
        assertEquals(2700.0, rs.openAmount(c.getClaimId()), 0.001);
        sql("UPDATE CLAIM_RESERVE SET PAID_AMOUNT = 200 WHERE RESERVE_TYPE = 'EXPN'");
        try {
            rs.setReserve(c.getClaimId(), RES_EXPENSE, 100, "me");
            fail();
        } catch (AppException e) {
            assertEquals("R-102", e.getCode());
        }
        ClaimDao.getInstance().updateStatus(c.getClaimId(), CLM_CLOSED, "me");
        try {
            rs.setReserve(c.getClaimId(), RES_EXPENSE, 500, "me");
            fail();
        } catch (AppException e) {
            assertEquals("R-101", e.getCode());
        }
    }

    @Test
    public void firstReserveIsLimitedByTheSumInsured() throws Exception {
        Claim c = claim(policy(PROD_HOME, coverage(COV_FIRE, 5000, 250)), COV_FIRE);
        assertEquals(4750.0, c.getReserveTotal(), 0.001);
        assertEquals(1500.0, ReserveService.averageCost("HAIL"), 0.001);
    }

    @Test
    public void oldReserveWithoutPaymentShrinks() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        ReserveService.getInstance().setReserve(c.getClaimId(), RES_INDEMNITY, 9000, "me");
        Date longAgo = Utils.addDays(Utils.today(), -800);
        sql("UPDATE CLAIM SET REPORTED_DATE = DATE '" + Utils.fmtDate(longAgo) + "'");
        assertEquals(2320.0, ReserveService.getInstance().recalc(c.getClaimId(), "me"), 0.001);
    }

    @Test
    public void documentsAreFilesInTheFolderOfTheClaim() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        DocumentService ds = new DocumentService();
        ClaimDocument d = ds.store(c.getClaimId(), "../x y.pdf", "application/pdf", new ByteArrayInputStream(new byte[100]), "me");
        File f = ds.fileOf(d.getDocumentId());
        assertEquals(100, f.length());
        assertEquals(c.getClaimNo(), f.getParentFile().getName());
        assertEquals("x_y.pdf", ds.documentsOf(c.getClaimId()).get(0).getFileName());
        ds.delete(d.getDocumentId(), "me");
        assertFalse(f.exists());
        assertEquals(0, ds.documentsOf(c.getClaimId()).size());
    }

    @Test
    public void documentOfUnknownClaim() throws Exception {
        try {
            new DocumentService().store(999, "a", "b", new ByteArrayInputStream(new byte[1]), "me");
            fail();
        } catch (AppException e) {
            assertEquals("D-101", e.getCode());
        }
    }
}
