package com.harborline.claims.service;

import static org.junit.Assert.*;

import java.util.ArrayList;
import java.util.Arrays;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Coverage;
import com.harborline.claims.model.Endorsement;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.model.PremiumQuote;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Utils;

public class PolicyServicesTest extends DbTestCase {

    private final PolicyService service = new PolicyService();

    private static void assertCode(String code, AppException e) {
        assertEquals(code, e.getCode());
    }

    @Test
    public void premiumUsesRateFactorsAndMinimum() throws Exception {
        Policy p = new Policy();
        p.setProductCode(PROD_AUTO);
        p.setStartDate(Utils.parseDate("2020-06-01"));
        p.getCoverages().add(coverage(COV_COLL, 20000, 500));
        p.getCoverages().add(coverage(COV_GLAS, 1000, 0));
        PremiumQuote q = new PremiumCalculator().calculate(p, null);
        // 20000 * 0.034 * 0.90 = 612, glass is below the minimum of 25; 3 percent for two coverages
        assertEquals(612.0, p.getCoverage(COV_COLL).getPremiumPart(), 0.001);
        assertEquals(25.0, p.getCoverage(COV_GLAS).getPremiumPart(), 0.001);
        assertEquals(617.89, q.getTotal(), 0.001);
        assertEquals(19.11, q.getDiscount(), 0.001);
    }

    @Test
    public void youngDriverWithBadRiskPaysMore() throws Exception {
        Policy p = new Policy();
        p.setProductCode(PROD_AUTO);
        p.setStartDate(Utils.parseDate("2020-06-01"));
        p.getCoverages().add(coverage(COV_COLL, 10000, 0));
        Policyholder h = new Policyholder();
        h.setBirthDate(Utils.parseDate("2001-01-01"));
        h.setRiskClass("C");
        assertEquals(10000 * 0.034 * 1.25 * 2.10, new PremiumCalculator().calculate(p, h).getTotal(), 0.01);
    }

    @Test
    public void coverageWithoutTariff() throws Exception {
        Policy p = new Policy();
        p.setProductCode(PROD_HOME);
        p.getCoverages().add(coverage(COV_COLL, 10000, 0));
        try {
            new PremiumCalculator().calculate(p, null);
            fail();
        } catch (AppException e) {
            assertCode("Q-101", e);
        }
    }

    @Test
    public void claimsRaiseThePremiumOfTheRenewal() throws Exception {
        Policy p = autoPolicy();
        double without = new PremiumCalculator().calculate(p, null).getTotal();
        claim(p, COV_COLL);
        double with = new PremiumCalculator().calculate(p, null).getTotal();
        assertTrue(with > without);
        claim(p, COV_GLAS);
        assertEquals(with, new PremiumCalculator().calculate(p, null).getTotal(), 0.001);
    }

    @Test
    public void quoteAndActivate() throws Exception {
        Policyholder h = holder();
        Policy p = service.quote(h.getHolderId(), PROD_HOME, Utils.today(),
                new ArrayList<Coverage>(Arrays.asList(coverage(COV_FIRE, 300000, 1000))), "me");
        assertEquals(POL_QUOTE, p.getStatus());
        assertTrue(p.getAnnualPremium() > 90);
        service.activate(p.getPolicyId(), "me");
        assertEquals(POL_ACTIVE, service.find(p.getPolicyId()).getStatus());
        assertEquals("1", value("SELECT COUNT(*) FROM MAIL_QUEUE WHERE RECIPIENT = 'jane@mail.example'"));
        try {
            service.activate(p.getPolicyId(), "me");
            fail();
        } catch (AppException e) {
            assertCode("Y-103", e);
        }
    }

    @Test
    public void quoteNeedsHolderAndCoverage() throws Exception {
        try {
            service.quote(99, PROD_HOME, Utils.today(), new ArrayList<Coverage>(), "me");
            fail();
        } catch (AppException e) {
            assertCode("Y-101", e);
        }
        try {
            service.quote(holder().getHolderId(), PROD_HOME, Utils.today(), new ArrayList<Coverage>(), "me");
            fail();
        } catch (AppException e) {
            assertCode("Y-102", e);
        }
    }

    @Test
    public void cancelPaysShortRateBack() throws Exception {
        Policy p = autoPolicy();
        double back = service.cancel(p.getPolicyId(), Utils.addDays(p.getStartDate(), 100), "sold", "me");
        assertEquals(300.0, back, 0.01);
        assertEquals(POL_CANCELLED, service.find(p.getPolicyId()).getStatus());
    }

    @Test
    public void noCancelWithOpenClaim() throws Exception {
        Policy p = autoPolicy();
        Claim c = claim(p, COV_COLL);
        try {
            service.cancel(p.getPolicyId(), Utils.today(), "sold", "me");
            fail();
        } catch (AppException e) {
            assertCode("Y-105", e);
        }
        ClaimDao.getInstance().updateStatus(c.getClaimId(), CLM_CLOSED, "me");
        service.cancel(p.getPolicyId(), Utils.today(), "sold", "me");
    }

    @Test
    public void renewStartsTheNextYear() throws Exception {
        Policy p = autoPolicy();
        Policy next = service.renew(p.getPolicyId(), "me");
        assertEquals(Utils.fmtDate(p.getEndDate()), Utils.fmtDate(next.getStartDate()));
        assertTrue(next.getAnnualPremium() != 1000.0);
        assertTrue(next.getCoverage(COV_COLL).getPremiumPart() > 0);
    }

    @Test
    public void lapseOnlyExpired() throws Exception {
        Policy p = autoPolicy();
        assertEquals(0, service.lapseExpired(Utils.today(), "me"));
        assertEquals(1, service.lapseExpired(p.getEndDate(), "me"));
        assertEquals(POL_LAPSED, service.find(p.getPolicyId()).getStatus());
    }

    @Test
    public void saveHolderNeedsAName() throws Exception {
        Policyholder h = new Policyholder();
        try {
            service.saveHolder(h);
            fail();
        } catch (AppException e) {
            assertCode("Y-107", e);
        }
        h.setCompanyName("Dock Ltd");
        long id = service.saveHolder(h);
        assertEquals("Dock Ltd", value("SELECT LAST_NAME FROM POLICYHOLDER WHERE HOLDER_ID = " + id));
    }

    @Test
    public void endorsementChangesSumAndPremium() throws Exception {
        Policy p = autoPolicy();
        EndorsementService es = new EndorsementService();
        Endorsement e = es.endorse(p.getPolicyId(), EndorsementService.KIND_SUM, COV_COLL, 30000, Utils.today(), "me");
        assertEquals(1, e.getEndorseNo());
        assertEquals("30,000.00", e.getNewValue());
        assertEquals(30000, service.find(p.getPolicyId()).getCoverage(COV_COLL).getSumInsured(), 0.001);
        es.endorse(p.getPolicyId(), EndorsementService.KIND_DEDUCTIBLE, COV_COLL, 1000, Utils.today(), "me");
        assertEquals(2, es.endorsementsOf(p.getPolicyId()).size());
    }

    @Test
    public void endorsementAddsAndRemovesCoverage() throws Exception {
        Policy p = policy(PROD_HOME, coverage(COV_FIRE, 100000, 0));
        EndorsementService es = new EndorsementService();
        es.endorse(p.getPolicyId(), EndorsementService.KIND_ADD, COV_WATR, 50000, Utils.today(), "me");
        assertNotNull(service.find(p.getPolicyId()).getCoverage(COV_WATR));
        es.endorse(p.getPolicyId(), EndorsementService.KIND_REMOVE, COV_WATR, 0, Utils.today(), "me");
        assertNull(service.find(p.getPolicyId()).getCoverage(COV_WATR));
        try {
            es.endorse(p.getPolicyId(), EndorsementService.KIND_REMOVE, COV_WATR, 0, Utils.today(), "me");
            fail();
        } catch (AppException e) {
            assertCode("E-103", e);
        }
    }
}
