package com.harborline.claims.legacy;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileReader;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.harborline.claims.dao.AdjusterDao;
import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.ClaimNoteDao;
import com.harborline.claims.dao.PayeeDao;
import com.harborline.claims.dao.PolicyDao;
import com.harborline.claims.dao.PolicyholderDao;
import com.harborline.claims.model.Adjuster;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.ClaimNote;
import com.harborline.claims.model.Coverage;
import com.harborline.claims.model.FnolWizard;
import com.harborline.claims.model.Payee;
import com.harborline.claims.model.Policy;
import com.harborline.claims.model.Policyholder;
import com.harborline.claims.model.Reserve;
import com.harborline.claims.service.ClaimService;
import com.harborline.claims.service.ReserveService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/*
 * ClaimManager.java
 * rwk 01/2010
 *
 * Everything with claims goes through here.
 *
 * 04/2010  locks
 * 11/2010  quick payment for glass (CLM-0266)
 * 05/2011  total loss ends the policy (CLM-0402)
 * 02/2012  letters are in LetterPrinter now
 * 06/2012  merge of double claims (CLM-0577)
 * 10/2013  points for the special investigation (CLM-0760)
 * 08/2014  dok  reserves are in ReserveService
 * 06/2018  tsm  registration is in ClaimService (CLM-2810)
 */
public class ClaimManager implements IConstants {

    private static ClaimManager s_instance = null;

    /** claim id -> login, who has the claim open. Only of this Tomcat! */
    private static Hashtable<Long, String> s_htLocks = new Hashtable<Long, String>();
    private static Hashtable<Long, Long> s_htLockTimes = new Hashtable<Long, Long>();

    private static final long LOCK_MS = 20 * 60 * 1000;

    /** from, to */
    private static final String[][] TRANSITIONS = {
        { CLM_NEW, CLM_OPEN }, { CLM_NEW, CLM_REJECTED },
        { CLM_OPEN, CLM_WAIT }, { CLM_OPEN, CLM_CLOSED }, { CLM_OPEN, CLM_REJECTED },
        { CLM_WAIT, CLM_OPEN }, { CLM_WAIT, CLM_REJECTED },
        { CLM_CLOSED, CLM_REOPENED }, { CLM_REJECTED, CLM_REOPENED },
        { CLM_REOPENED, CLM_OPEN }, { CLM_REOPENED, CLM_CLOSED }, { CLM_REOPENED, CLM_WAIT },
    };

    private ClaimDao m_daoClaim = ClaimDao.getInstance();
    private ClaimNoteDao m_daoNote = new ClaimNoteDao();
    private PolicyDao m_daoPolicy = new PolicyDao();

    private ClaimManager() {
    }

    public static ClaimManager getInstance() {
        if (s_instance == null) {
            s_instance = new ClaimManager();
        }
        return s_instance;
    }

    // ------------------------------------------------------------ locks

    /** Returns null when the lock is ours, else the login of the other one. */
    public String lock(long lClaimId, String sLogin) {
        Long key = new Long(lClaimId);
        String sOwner = s_htLocks.get(key);
        Long time = s_htLockTimes.get(key);
        if (sOwner != null && !sOwner.equals(sLogin)
                && System.currentTimeMillis() - time.longValue() < LOCK_MS) {
            return sOwner;
        }
        s_htLocks.put(key, sLogin);
        s_htLockTimes.put(key, new Long(System.currentTimeMillis()));
        return null;
    }

    public void unlock(long lClaimId, String sLogin) {
        Long key = new Long(lClaimId);
        if (sLogin.equals(s_htLocks.get(key))) {
            s_htLocks.remove(key);
            s_htLockTimes.remove(key);
        }
    }

    /** Logout. */
    public void unlockAll(String sLogin) {
        Iterator<Map.Entry<Long, String>> it = s_htLocks.entrySet().iterator();
        while (it.hasNext()) {
            Map.Entry<Long, String> e = it.next();
            if (e.getValue().equals(sLogin)) {
                s_htLockTimes.remove(e.getKey());
                it.remove();
            }
        }
    }

    // ------------------------------------------------------------ status

    public boolean isAllowed(String sFrom, String sTo) {
        for (int i = 0; i < TRANSITIONS.length; i++) {
            if (TRANSITIONS[i][0].equals(sFrom) && TRANSITIONS[i][1].equals(sTo)) {
                return true;
            }
        }
        return false;
    }

    public void changeStatus(long lClaimId, String sNew, String sWho) throws AppException {
        Claim clm = m_daoClaim.load(lClaimId);
        if (clm == null) {
            throw new AppException("C-404", "there is no claim " + lClaimId);
        }
        if (!isAllowed(clm.getStatus(), sNew)) {
            throw new AppException("C-201", clm.getStatus() + " to " + sNew + " is not allowed");
        }
        try {
            m_daoClaim.updateStatus(lClaimId, sNew, sWho);
            Utils.audit(sWho, "claim " + clm.getStatus() + " to " + sNew, clm.getClaimNo());
        } catch (SQLException e) {
            throw new AppException("C-902", "status not changed", e);
        }
    }

    /**
     * Closes a claim: no payment may wait, the open reserve is set to what
     * was paid, the policyholder gets the letter.
     */
    public String close(long lClaimId, String sWho) throws AppException {
        long lWaiting = DbUtil.queryLong("SELECT COUNT(*) FROM PAYMENT WHERE CLAIM_ID = " + lClaimId
                + " AND STATUS IN ('NEW', 'APPR')");
        if (lWaiting > 0) {
            throw new AppException("C-202", lWaiting + " payments are not out yet");
        }
        long lRepairs = DbUtil.queryLong("SELECT COUNT(*) FROM REPAIR_ORDER WHERE CLAIM_ID = " + lClaimId
                + " AND STATUS IN ('ORDERED', 'ESTIMATED')");
        if (lRepairs > 0) {
            throw new AppException("C-203", "repair is not finished");
        }
        changeStatus(lClaimId, CLM_CLOSED, sWho);
        DbUtil.exec("UPDATE CLAIM_RESERVE SET AMOUNT = PAID_AMOUNT, UPDATED_BY = '" + sWho + "' WHERE CLAIM_ID = " + lClaimId);
        Claim clm = m_daoClaim.load(lClaimId);
        Policyholder ph = holderOf(clm);
        String sLetter = LetterPrinter.closing(clm, ph);
        Utils.mail(ph.getEmail(), "Your claim " + clm.getClaimNo(), sLetter);
        unlock(lClaimId, sWho);
        return sLetter;
    }

    public String reject(long lClaimId, String sReason, String sWho) throws AppException {
        if (Utils.isEmpty(sReason)) {
            throw new AppException("C-204", "reason is missing");
        }
        if (DbUtil.sumPaid(lClaimId) > 0) {
            throw new AppException("C-205", "something was paid already");
        }
        changeStatus(lClaimId, CLM_REJECTED, sWho);
        DbUtil.exec("UPDATE CLAIM_RESERVE SET AMOUNT = 0, UPDATED_BY = '" + sWho + "' WHERE CLAIM_ID = " + lClaimId);
        addNote(lClaimId, "rejected: " + sReason, sWho);
        Claim clm = m_daoClaim.load(lClaimId);
        return LetterPrinter.rejection(clm, holderOf(clm), sReason);
    }

    /** The old reserve comes back as the average. */
    public void reopen(long lClaimId, String sReason, String sWho) throws AppException {
        changeStatus(lClaimId, CLM_REOPENED, sWho);
        Claim clm = m_daoClaim.load(lClaimId);
        double dblPaid = DbUtil.sumPaid(lClaimId);
        double dblNew = Math.max(dblPaid, dblPaid + ReserveService.averageCost(clm.getLossType()) / 2);
        ReserveService.getInstance().setReserve(lClaimId, RES_INDEMNITY, Utils.round2(dblNew), sWho);
        addNote(lClaimId, "reopened: " + Utils.nvl(sReason), sWho);
    }

    private void addNote(long lClaimId, String sText, String sWho) {
        try {
            m_daoNote.add(lClaimId, sText, sWho);
        } catch (SQLException e) {
            // a note is not so important
        }
    }

    private Policyholder holderOf(Claim clm) {
        try {
            Policy pol = m_daoPolicy.find(clm.getPolicyId());
            return PolicyholderDao.getInstance().load(pol.getHolderId());
        } catch (SQLException e) {
            Log.error("holder of " + clm.getClaimNo(), e);
            return new Policyholder();
        }
    }

    // ------------------------------------------------------------ coverage

    /** "" when covered, else the reason for the letter. */
    public String checkCoverage(Claim clm) {
        Policy pol;
        try {
            pol = m_daoPolicy.find(clm.getPolicyId());
        } catch (SQLException e) {
            return "policy not readable";
        }
        if (pol == null) {
            return "no policy";
        }
        if (clm.getLossDate().before(pol.getStartDate())) {
            return "loss was before the start of the policy";
        }
        if (!clm.getLossDate().before(pol.getEndDate())) {
            return "loss was after the end of the policy";
        }
        if (POL_QUOTE.equals(pol.getStatus())) {
            return "policy was never signed";
        }
        if (pol.getCoverage(clm.getLossType()) == null) {
            return "coverage " + clm.getLossType() + " is not in the policy";
        }
        if (Utils.isLateNotice(clm.getLossDate(), clm.getReportedDate(), pol.getProductCode())) {
            return "reported too late";
        }
        return "";
    }

    /**
     * What we pay of a damage: minus deductible, not more than the sum
     * insured, and less when a house was under-insured (value > sum).
     */
    public double netAmount(Claim clm, double dblDamage, double dblInsuredValue) {
        try {
            Policy pol = m_daoPolicy.find(clm.getPolicyId());
            Coverage cov = pol.getCoverage(clm.getLossType());
            if (cov == null) {
                return 0;
            }
            double dbl = dblDamage;
            if (PROD_HOME.equals(pol.getProductCode()) && dblInsuredValue > cov.getSumInsured()
                    && dblInsuredValue > 0) {
                dbl = dbl * cov.getSumInsured() / dblInsuredValue;
            }
            dbl = dbl - cov.getDeductible();
            if (dbl > cov.getSumInsured()) {
                dbl = cov.getSumInsured();
            }
            return dbl < 0 ? 0 : Utils.round2(dbl);
        } catch (SQLException e) {
            Log.error("netAmount " + clm.getClaimNo(), e);
            return 0;
        }
    }

    /**
     * Total loss: reserve is the value minus deductible and the policy ends
     * on the day of the loss. Writes POLICY without PolicyDao, there was no
     * updateStatus in 2011. No row in POLICY_HISTORY!
     */
    public double totalLoss(long lClaimId, double dblValue, String sWho) throws AppException {
        Claim clm = m_daoClaim.load(lClaimId);
        if (clm == null || !Utils.isClaimOpen(clm.getStatus())) {
            throw new AppException("C-206", "claim is not open");
        }
        if (!COV_COLL.equals(clm.getLossType()) && !COV_FIRE.equals(clm.getLossType())) {
            throw new AppException("C-207", "no total loss for " + clm.getLossType());
        }
        double dblNet = netAmount(clm, dblValue, dblValue);
        ReserveService.getInstance().setReserve(lClaimId, RES_INDEMNITY, dblNet, sWho);
        int n = DbUtil.exec("UPDATE POLICY SET STATUS = '" + POL_TOTAL_LOSS + "', CHANGED_BY = '" + sWho
                + "' WHERE POLICY_ID = " + clm.getPolicyId());
        if (n != 1) {
            Log.warn("total loss: policy of " + clm.getClaimNo() + " not changed");
        }
        addNote(lClaimId, "total loss, " + Utils.fmtMoney(dblNet), sWho);
        // m_daoPolicy.updateEndDate(clm.getPolicyId(), clm.getLossDate());
        // the premium run needs the old end date, see mail of accounting 2011-05-30
        return dblNet;
    }

    // ------------------------------------------------------------ quick payment

    /**
     * Glass damage up to 600 dollars is paid at once, without the payment
     * pages. Makes the payee when the name is new. Older than PaymentService,
     * still on the claim page.
     */
    public long quickPay(long lClaimId, String sPayeeName, double dblAmount, String sWho) throws AppException {
        Claim clm = m_daoClaim.load(lClaimId);
        if (clm == null || !COV_GLAS.equals(clm.getLossType()) || !Utils.isClaimOpen(clm.getStatus())) {
            throw new AppException("C-301", "quick payment only for open glass claims");
        }
        if (dblAmount <= 0 || dblAmount > 600.00) {
            throw new AppException("C-302", "quick payment up to 600.00 only");
        }
        long lPayeeId = 0;
        long lPaymentId = 0;
        Connection con = null;
        Statement st = null;
        ResultSet rs = null;
        try {
            con = ConnectionManager.getConnection();
            st = con.createStatement();
            rs = st.executeQuery("SELECT PAYEE_ID FROM PAYEE WHERE PAYEE_NAME = '" + sPayeeName + "'");
            if (rs.next()) {
                lPayeeId = rs.getLong(1);
            }
            DbUtil.close(rs);
            if (lPayeeId == 0) {
                Payee pay = new Payee();
                pay.setPayeeName(sPayeeName);
                pay.setPayeeKind(PAYEE_PERSON);
                lPayeeId = new PayeeDao().insert(pay);
            }
            lPaymentId = DbUtil.nextKey("PAYMENT");
            st.executeUpdate("INSERT INTO PAYMENT (PAYMENT_ID, CLAIM_ID, PAYEE_ID, RESERVE_TYPE, AMOUNT_CENTS, METHOD,"
                    + " STATUS, CREATED_BY, CREATED_ON, APPROVED_BY) VALUES (" + lPaymentId + ", " + lClaimId + ", "
                    + lPayeeId + ", '" + RES_INDEMNITY + "', " + Utils.toCents(dblAmount) + ", 'C', 'APPR', '" + sWho
                    + "', CURRENT_TIMESTAMP, '" + sWho + "')");
            st.executeUpdate("UPDATE CLAIM_RESERVE SET PAID_AMOUNT = PAID_AMOUNT + " + dblAmount + " WHERE CLAIM_ID = "
                    + lClaimId + " AND RESERVE_TYPE = '" + RES_INDEMNITY + "'");
            st.executeUpdate("UPDATE CLAIM SET PAID_TOTAL = PAID_TOTAL + " + dblAmount + " WHERE CLAIM_ID = " + lClaimId);
        } catch (SQLException e) {
            Log.error("quickPay " + clm.getClaimNo(), e);
            throw new AppException("C-903", "not paid", e);
        } finally {
            DbUtil.close(null, st, con);
        }
        addNote(lClaimId, "quick payment " + Utils.fmtMoney(dblAmount) + " to " + sPayeeName, sWho);
        return lPaymentId;
    }

    // ------------------------------------------------------------ investigation

    /**
     * Points for the special investigation, from 60 on they look at it.
     * The weights are from the seminar in 2013.
     */
    public int fraudScore(Claim clm) {
        int nScore = 0;
        try {
            Policy pol = m_daoPolicy.find(clm.getPolicyId());
            int nDays = Utils.daysBetween(pol.getStartDate(), clm.getLossDate());
            if (nDays < 30) {
                nScore += 30;
            } else if (nDays < 90) {
                nScore += 10;
            }
            if (Utils.daysBetween(clm.getLossDate(), pol.getEndDate()) < 14) {
                nScore += 10;
            }
            if (Utils.isLateNotice(clm.getLossDate(), clm.getReportedDate(), pol.getProductCode())) {
                nScore += 20;
            }
            List<Policy> lstPol = m_daoPolicy.findByHolder(pol.getHolderId());
            int nClaims = 0;
            for (int i = 0; i < lstPol.size(); i++) {
                nClaims += m_daoClaim.findByPolicy(lstPol.get(i).getPolicyId()).size();
            }
            if (nClaims > 3) {
                nScore += 25;
            }
            Coverage cov = pol.getCoverage(clm.getLossType());
            if (cov != null && clm.getReserveTotal() > 0.9 * cov.getSumInsured()) {
                nScore += 15;
            }
            String sText = Utils.nvl(clm.getDescription()).toLowerCase();
            String[] asWords = { "no witness", "stolen", "keys", "cash", "night" };
            for (int i = 0; i < asWords.length; i++) {
                if (sText.indexOf(asWords[i]) >= 0) {
                    nScore += 5;
                }
            }
        } catch (Exception e) {
            Log.error("fraudScore", e);
        }
        return nScore > 100 ? 100 : nScore;
    }

    // ------------------------------------------------------------ lists

    /** Claims of a user, first the oldest. */
    public List<Claim> worklist(String sLogin) {
        try {
            Adjuster adj = new AdjusterDao().findByLogin(sLogin);
            if (adj == null) {
                return new ArrayList<Claim>();
            }
            return m_daoClaim.findByAdjuster(adj.getAdjusterId());
        } catch (SQLException e) {
            Log.error("worklist " + sLogin, e);
            return new ArrayList<Claim>();
        }
    }

    /** Numbers of the start page. One query per adjuster and status. */
    public Map<String, int[]> dashboard() {
        Map<String, int[]> map = new LinkedHashMap<String, int[]>();
        String[] asStatus = { CLM_NEW, CLM_OPEN, CLM_WAIT, CLM_REOPENED };
        try {
            List<Adjuster> lst = new AdjusterDao().findActive();
            for (int i = 0; i < lst.size(); i++) {
                Adjuster adj = lst.get(i);
                int[] an = new int[asStatus.length];
                for (int j = 0; j < asStatus.length; j++) {
                    an[j] = (int) DbUtil.queryLong("SELECT COUNT(*) FROM CLAIM WHERE ADJUSTER_ID = "
                            + adj.getAdjusterId() + " AND STATUS = '" + asStatus[j] + "'");
                }
                map.put(adj.getFullName(), an);
            }
        } catch (SQLException e) {
            Log.error("dashboard", e);
        }
        return map;
    }

    /** Average days from report to close, 0 when nothing was closed. */
    public double averageDays(Date dFrom, Date dTo) {
        Connection con = null;
        Statement st = null;
        ResultSet rs = null;
        int nCount = 0;
        long lDays = 0;
        try {
            con = ConnectionManager.getConnection();
            st = con.createStatement();
            rs = st.executeQuery("SELECT REPORTED_DATE, CLOSED_DATE FROM CLAIM WHERE STATUS = 'CLSD'");
            while (rs.next()) {
                Date dClosed = rs.getDate(2);
                if (dClosed != null && !dClosed.before(dFrom) && !dClosed.after(dTo)) {
                    lDays += Utils.daysBetween(rs.getDate(1), dClosed);
                    nCount++;
                }
            }
        } catch (SQLException e) {
            Log.error("averageDays", e);
        } finally {
            DbUtil.close(rs, st, con);
        }
        return nCount == 0 ? 0 : Utils.round2((double) lDays / nCount);
    }

    // ------------------------------------------------------------ diary

    /** A diary entry is a note that starts with DIARY and the date. */
    public void addDiary(long lClaimId, Date dDue, String sText, String sWho) {
        addNote(lClaimId, "DIARY " + Utils.fmtDate(dDue) + " " + sText, sWho);
    }

    /** Entries that are due, claim number -> text. */
    public Map<String, String> dueDiary(String sLogin, Date dDay) {
        Map<String, String> map = new HashMap<String, String>();
        List<Claim> lst = worklist(sLogin);
        for (int i = 0; i < lst.size(); i++) {
            Claim clm = lst.get(i);
            try {
                List<ClaimNote> lstNotes = m_daoNote.findByClaim(clm.getClaimId());
                for (int j = 0; j < lstNotes.size(); j++) {
                    String s = lstNotes.get(j).getNoteText();
                    if (s.startsWith("DIARY ") && s.length() >= 16) {
                        Date dDue = Utils.parseDate(s.substring(6, 16));
                        if (dDue != null && !dDue.after(dDay)) {
                            map.put(clm.getClaimNo(), s.substring(16).trim());
                        }
                    }
                }
            } catch (SQLException e) {
                Log.error("dueDiary", e);
            }
        }
        return map;
    }

    // ------------------------------------------------------------ merge, transfer

    /**
     * Two claims for the same loss: everything of the second goes to the
     * first, reserves are added. Not in one transaction.
     */
    public void merge(long lKeepId, long lGoId, String sWho) throws AppException {
        Claim clmKeep = m_daoClaim.load(lKeepId);
        Claim clmGo = m_daoClaim.load(lGoId);
        if (clmKeep == null || clmGo == null || lKeepId == lGoId) {
            throw new AppException("C-401", "two claims are needed");
        }
        if (clmKeep.getPolicyId() != clmGo.getPolicyId()) {
            throw new AppException("C-402", "different policies");
        }
        String[] asTables = { "CLAIM_NOTE", "CLAIM_DOCUMENT", "PAYMENT", "REPAIR_ORDER" };
        for (int i = 0; i < asTables.length; i++) {
            DbUtil.exec("UPDATE " + asTables[i] + " SET CLAIM_ID = " + lKeepId + " WHERE CLAIM_ID = " + lGoId);
        }
        List<Reserve> lst = clmGo.getReserves();
        for (int i = 0; i < lst.size(); i++) {
            Reserve res = lst.get(i);
            int n = DbUtil.exec("UPDATE CLAIM_RESERVE SET AMOUNT = AMOUNT + " + res.getAmount() + ", PAID_AMOUNT = PAID_AMOUNT + "
                    + res.getPaidAmount() + " WHERE CLAIM_ID = " + lKeepId + " AND RESERVE_TYPE = '"
                    + res.getReserveType() + "'");
            if (n == 0) {
                DbUtil.exec("UPDATE CLAIM_RESERVE SET CLAIM_ID = " + lKeepId + " WHERE RESERVE_ID = " + res.getReserveId());
            } else {
                DbUtil.exec("DELETE FROM CLAIM_RESERVE WHERE RESERVE_ID = " + res.getReserveId());
            }
        }
        DbUtil.exec("UPDATE CLAIM SET PAID_TOTAL = PAID_TOTAL + " + clmGo.getPaidTotal() + " WHERE CLAIM_ID = " + lKeepId);
        DbUtil.exec("UPDATE CLAIM SET PAID_TOTAL = 0, STATUS = '" + CLM_REJECTED + "' WHERE CLAIM_ID = " + lGoId);
        addNote(lKeepId, "merged with " + clmGo.getClaimNo(), sWho);
        addNote(lGoId, "is now " + clmKeep.getClaimNo(), sWho);
        Utils.audit(sWho, "merge " + clmGo.getClaimNo(), clmKeep.getClaimNo());
    }

    /** Somebody leaves, the claims go to somebody else. */
    public int transferAll(long lFromAdjuster, long lToAdjuster, String sWho) {
        int nCount = 0;
        List<Claim> lst = m_daoClaim.findByAdjuster(lFromAdjuster);
        for (int i = 0; i < lst.size(); i++) {
            try {
                m_daoClaim.updateAdjuster(lst.get(i).getClaimId(), lToAdjuster);
                addNote(lst.get(i).getClaimId(), "transferred", sWho);
                nCount++;
            } catch (SQLException e) {
                Log.error("transfer " + lst.get(i).getClaimNo(), e);
            }
        }
        return nCount;
    }

    // ------------------------------------------------------------ holder

    /** The new address is often on the claim form. */
    public void updateHolderAddress(long lClaimId, String sStreet, String sCity, String sPostcode, String sWho) {
        String sHolder = DbUtil.queryString("SELECT P.HOLDER_ID FROM CLAIM C, POLICY P WHERE C.POLICY_ID = P.POLICY_ID"
                + " AND C.CLAIM_ID = " + lClaimId);
        if (sHolder == null) {
            return;
        }
        DbUtil.exec("UPDATE POLICYHOLDER SET STREET = " + DbUtil.quote(sStreet) + ", CITY = " + DbUtil.quote(sCity)
                + ", POSTCODE = " + DbUtil.quote(sPostcode) + " WHERE HOLDER_ID = " + sHolder);
        addNote(lClaimId, "new address of the policyholder", sWho);
    }

    // ------------------------------------------------------------ call centre file

    /**
     * Night file of the call centre: policy;date;type;place;caller;phone;text
     * Returns the lines that were not taken. The call centre ended in 2017,
     * the brokers send the same file now by mail, it is loaded by hand.
     */
    public List<String> importNotices(File file, String sWho) throws IOException {
        List<String> lstBad = new ArrayList<String>();
        BufferedReader in = new BufferedReader(new FileReader(file));
        try {
            String sLine;
            while ((sLine = in.readLine()) != null) {
                if (Utils.isEmpty(sLine) || sLine.startsWith("#")) {
                    continue;
                }
                String[] as = sLine.split(";", -1);
                if (as.length < 7) {
                    lstBad.add(sLine);
                    continue;
                }
                FnolWizard wiz = new FnolWizard();
                wiz.setPolicyNo(as[0].trim());
                wiz.setLossDate(Utils.parseDate(as[1]));
                wiz.setLossType(as[2].trim());
                wiz.setLossPlace(as[3]);
                wiz.setCallerName(as[4]);
                wiz.setCallerPhone(as[5]);
                wiz.setDescription(as[6]);
                ClaimService svc = new ClaimService();
                boolean bOk = true;
                for (int nStep = 1; nStep <= 3 && bOk; nStep++) {
                    wiz.setStep(nStep);
                    bOk = svc.checkStep(wiz);
                }
                try {
                    if (!bOk) {
                        throw new AppException("C-103", Utils.join(wiz.getErrors(), ", "));
                    }
                    svc.register(wiz, sWho);
                } catch (AppException e) {
                    Log.warn("notice " + sLine + ": " + e.getMessage());
                    lstBad.add(sLine);
                }
            }
        } finally {
            in.close();
        }
        return lstBad;
    }

    // ------------------------------------------------------------ page parts

    /** Head of the claim pages. HTML was faster than JSP in 2010. */
    public String summaryHtml(long lClaimId) {
        Claim clm = m_daoClaim.load(lClaimId);
        if (clm == null) {
            return "";
        }
        StringBuffer sb = new StringBuffer();
        sb.append("<table class=\"summary\"><tr>");
        sb.append("<td><b>").append(clm.getClaimNo()).append("</b></td>");
        sb.append("<td>").append(Utils.html(DbUtil.holderNameOfClaim(lClaimId))).append("</td>");
        sb.append("<td>").append(clm.getStatus()).append("</td>");
        sb.append("<td>").append(Utils.claimAge(clm)).append(" days</td>");
        sb.append("</tr><tr>");
        sb.append("<td>reserve ").append(Utils.fmtMoney(clm.getReserveTotal())).append("</td>");
        sb.append("<td>paid ").append(Utils.fmtMoney(clm.getPaidTotal())).append("</td>");
        int nScore = fraudScore(clm);
        sb.append("<td").append(nScore >= 60 ? " class=\"red\"" : "").append(">points ").append(nScore).append("</td>");
        String sCoverage = checkCoverage(clm);
        sb.append("<td>").append(sCoverage.length() == 0 ? "covered" : Utils.html(sCoverage)).append("</td>");
        sb.append("</tr></table>");
        return sb.toString();
    }

    // ------------------------------------------------------------ old

    /**
     * Recalculation of all claims.
     *
     * @deprecated is in ReserveStep (rwk 03/2010)
     */
    public void recalcAll() {
        List<Claim> lst = m_daoClaim.findOpen();
        for (int i = 0; i < lst.size(); i++) {
            try {
                DbUtil.callRecalc(lst.get(i).getClaimId(), "recalc");
            } catch (Exception e) {
                // next one
            }
        }
    }

    /*
    public void sendToMainframe(Claim clm) throws IOException {
        String s = Utils.padRight(clm.getClaimNo(), 16) + Utils.padRight(clm.getStatus(), 4)
            + Utils.padLeft(String.valueOf(Utils.toCents(clm.getReserveTotal())), 12, '0');
        FtpClient ftp = new FtpClient("10.20.1.14");
        ftp.login("clm", "clm");
        ftp.append("CLM.DAILY", s);
    }
    */
}
