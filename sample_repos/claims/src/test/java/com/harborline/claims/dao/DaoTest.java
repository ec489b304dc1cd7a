package com.harborline.claims.dao;

import static org.junit.Assert.*;

import java.util.List;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.ClaimNote;
import com.harborline.claims.model.Payee;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.model.Reserve;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Utils;

public class DaoTest extends DbTestCase {

    @Test
    public void holderRoundTrip() throws Exception {
        Policyholder h = holder();
        Policyholder back = PolicyholderDao.getInstance().loadByNo(h.getHolderNo());
        assertEquals("Jane Miller", back.getDisplayName());
        assertEquals("B", back.getRiskClass());
        back.setCity("Newtown");
        PolicyholderDao.getInstance().update(back);
        assertEquals("Newtown", PolicyholderDao.getInstance().load(h.getHolderId()).getCity());
    }

    @Test
    public void holderSearch() throws Exception {
        holder();
        assertEquals(1, PolicyholderDao.getInstance().search("mill").size());
        assertEquals(1, PolicyholderDao.getInstance().search("port").size());
        assertEquals(0, PolicyholderDao.getInstance().search("nobody").size());
        assertEquals(0, PolicyholderDao.getInstance().search("").size());
    }

    /** As it is: a quote in the name breaks the statement and the list is empty. */
    @Test
    public void holderSearchWithQuoteGivesEmptyList() throws Exception {
        holder();
        assertEquals(0, PolicyholderDao.getInstance().search("O'Neil").size());
        assertEquals(1, PolicyholderDao.getInstance().search("x' OR '1%'='1").size());
    }

    @Test
    public void policyWithCoverages() throws Exception {
        Policy p = new PolicyDao().findByNo(autoPolicy().getPolicyNo());
        assertEquals(3, p.getCoverages().size());
        assertEquals(500, p.getCoverage(COV_COLL).getDeductible(), 0.001);
        assertNull(p.getCoverage(COV_FIRE));
        assertTrue(p.isInForce(Utils.today()));
    }

    @Test
    public void policyStatusWritesHistory() throws Exception {
        Policy p = autoPolicy();
        new PolicyDao().updateStatus(p.getPolicyId(), POL_CANCELLED, "sold", "me");
        assertEquals("AC", value("SELECT OLD_STATUS FROM POLICY_HISTORY WHERE POLICY_ID = " + p.getPolicyId()));
        assertEquals("CA", value("SELECT STATUS FROM POLICY WHERE POLICY_ID = " + p.getPolicyId()));
    }

    @Test
    public void missingPremiumIsCalculatedByInsert() throws Exception {
        Policy p = new Policy();
        p.setHolderId(holder().getHolderId());
        p.setPolicyNo("X1");
        p.setProductCode(PROD_HOME);
        p.setStatus(POL_QUOTE);
        p.setStartDate(Utils.today());
        p.setEndDate(Utils.addYears(Utils.today(), 1));
        p.getCoverages().add(coverage(COV_FIRE, 200000, 0));
        new PolicyDao().insert(p, "me");
        assertEquals(220.0, new PolicyDao().findByNo("X1").getAnnualPremium(), 0.001);
    }

    @Test
    public void newestTariffWins() throws Exception {
        TariffDao dao = new TariffDao();
        assertEquals(0.034, dao.rate(PROD_AUTO, COV_COLL, Utils.parseDate("2020-01-01"))[0], 0.00001);
        assertEquals(0.031, dao.rate(PROD_AUTO, COV_COLL, Utils.parseDate("2015-01-01"))[0], 0.00001);
        assertNull(dao.rate(PROD_HOME, COV_COLL, Utils.parseDate("2015-01-01")));
    }

    @Test
    public void newClaimGetsReserve() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        assertEquals(1, c.getReserves().size());
        assertEquals(2400.0, c.getReserveTotal(), 0.001);
    }

    @Test
    public void claimSearch() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        ClaimDao dao = ClaimDao.getInstance();
        assertEquals(1, dao.search(c.getClaimNo().substring(8), null, null, null).size());
        assertEquals(1, dao.search(null, "mil", CLM_OPEN, "C.LOSS_DATE").size());
        assertEquals(0, dao.search(null, "mil", CLM_CLOSED, null).size());
        assertEquals(0, dao.search(null, null, null, "NO_COLUMN").size());
    }

    @Test
    public void closedClaimHasDateAndLog() throws Exception {
        Claim c = claim(autoPolicy(), COV_COLL);
        ClaimDao.getInstance().updateStatus(c.getClaimId(), CLM_CLOSED, "me");
        Claim back = ClaimDao.getInstance().loadByNo(c.getClaimNo());
        assertNotNull(back.getClosedDate());
        assertEquals("OPEN", value("SELECT OLD_STATUS FROM CLAIM_STATUS_LOG WHERE CLAIM_ID = " + c.getClaimId()));
        assertEquals(0, ClaimDao.getInstance().findOpen().size());
    }

    @Test
    public void reserveRoundTrip() throws Exception {
        Claim c = claim(autoPolicy(), COV_GLAS);
        ReserveDao dao = new ReserveDao();
        Reserve r = dao.find(c.getClaimId(), RES_INDEMNITY);
        dao.updateAmount(r.getReserveId(), 77.5, "me");
        assertEquals(77.5, dao.find(c.getClaimId(), RES_INDEMNITY).getOpenAmount(), 0.001);
        assertNull(dao.find(c.getClaimId(), RES_LEGAL));
    }

    @Test
    public void longNotesAreCut() throws Exception {
        Claim c = claim(autoPolicy(), COV_GLAS);
        StringBuilder sb = new StringBuilder();
        for (int i = 0; i < 1200; i++) {
            sb.append('x');
        }
        new ClaimNoteDao().add(c.getClaimId(), sb.toString(), "me");
        List<ClaimNote> notes = new ClaimNoteDao().findByClaim(c.getClaimId());
        assertEquals(1000, notes.get(0).getNoteText().length());
    }

    @Test
    public void adjusterCountsOpenClaims() throws Exception {
        claim(autoPolicy(), COV_GLAS);
        assertEquals(1, new AdjusterDao().find(1).getOpenClaims());
        assertEquals(0, new AdjusterDao().findByLogin("hugo").getOpenClaims());
        assertEquals(2, new AdjusterDao().findActive().size());
    }

    @Test
    public void payeeSearchSkipsInactive() throws Exception {
        long id = payee("021000021");
        PayeeDao dao = new PayeeDao();
        Payee p = dao.search("body").get(0);
        assertEquals(id, p.getPayeeId());
        dao.deactivate(id);
        assertEquals(0, dao.search("body").size());
    }

    @Test
    public void chequeNumbersUseRangesInOrder() throws Exception {
        sql("DELETE FROM CHEQUE_RANGE");
        ChequeDao dao = new ChequeDao();
        dao.addRange(10, 11);
        dao.addRange(50, 60);
        assertEquals(13, dao.formsLeft());
        assertEquals(10, dao.nextNumber());
        assertEquals(11, dao.nextNumber());
        assertEquals(50, dao.nextNumber());
    }

    @Test(expected = AppException.class)
    public void noChequeFormsLeft() throws Exception {
        sql("DELETE FROM CHEQUE_RANGE");
        new ChequeDao().nextNumber();
    }
}
