package com.harborline.claims.service;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import com.harborline.claims.dao.AdjusterDao;
import com.harborline.claims.dao.ChequeDao;
import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.dao.ClaimNoteDao;
import com.harborline.claims.dao.PayeeDao;
import com.harborline.claims.dao.PaymentDao;
import com.harborline.claims.dao.ReserveDao;
import com.harborline.claims.legacy.ChequePrinter;
import com.harborline.claims.model.Adjuster;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.Payee;
import com.harborline.claims.model.Payment;
import com.harborline.claims.model.Reserve;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * Payouts. Rewritten after the double payments of March 2015 (CLM-1702):
 * payment and reserve are written with one connection.
 *
 * @author dok
 */
public class PaymentService implements IConstants {

    private final PaymentDao paymentDao = new PaymentDao();
    private final PayeeDao payeeDao = new PayeeDao();
    private final ReserveDao reserveDao = new ReserveDao();
    private final ChequeDao chequeDao = new ChequeDao();

    /**
     * Enters a payout. Inside the authority of the adjuster it is approved at
     * once, else it waits for a second person.
     */
    public Payment enter(Payment p, String who) throws AppException {
        Claim claim = ClaimDao.getInstance().load(p.getClaimId());
        if (claim == null || !Utils.isClaimOpen(claim.getStatus())) {
            throw new AppException("P-101", "claim is not open");
        }
        if (p.getAmountCents() <= 0) {
            throw new AppException("P-102", "amount must be positive");
        }
        try {
            Payee payee = payeeDao.find(p.getPayeeId());
            if (payee == null || !payee.isActive()) {
                throw new AppException("P-103", "unknown payee");
            }
            if (METHOD_BANK.equals(p.getMethod()) && !Utils.validBankCode(payee.getBankCode())) {
                throw new AppException("P-104", "payee has no valid bank code");
            }
            Reserve r = reserveDao.find(p.getClaimId(), p.getReserveType());
            if (r == null || r.getOpenAmount() * 100 + 0.5 < p.getAmountCents()) {
                throw new AppException("P-105", "reserve is too low");
            }
            p.setCreatedBy(who);
            boolean direct = p.getAmount() <= authorityOf(claim) && p.getAmount() <= APPROVAL_LIMIT;
            p.setStatus(direct ? PAY_APPROVED : PAY_NEW);
            p.setApprovedBy(direct ? who : null);
            Connection con = ConnectionManager.getConnection();
            try {
                con.setAutoCommit(false);
                paymentDao.insert(con, p);
                if (direct) {
                    bookOnReserve(con, p);
                }
                con.commit();
            } catch (SQLException e) {
                con.rollback();
                throw e;
            } finally {
                ConnectionManager.release(con);
            }
            if (!direct) {
                Utils.mail("claims-manager@harborline.example", "payment to approve, " + claim.getClaimNo(),
                        Utils.fmtCents(p.getAmountCents()) + " to " + payee.getPayeeName());
            }
            return p;
        } catch (SQLException e) {
            throw new AppException("P-900", "payment not saved", e);
        }
    }

    private double authorityOf(Claim claim) throws SQLException {
        Adjuster a = new AdjusterDao().find(claim.getAdjusterId());
        return a == null ? 0 : a.getAuthorityLimit();
    }

    /** The reserve and the total of the claim belong to claims, but we pay. */
    void bookOnReserve(Connection con, Payment p) throws SQLException {
        DbUtil.update(con, "UPDATE CLAIM_RESERVE SET PAID_AMOUNT = PAID_AMOUNT + ?, UPDATED_ON = ?, UPDATED_BY = ?"
                + " WHERE CLAIM_ID = ? AND RESERVE_TYPE = ?", p.getAmount(), DbUtil.now(), "payments",
                p.getClaimId(), p.getReserveType());
        DbUtil.update(con, "UPDATE CLAIM SET PAID_TOTAL = PAID_TOTAL + ? WHERE CLAIM_ID = ?",
                p.getAmount(), p.getClaimId());
    }

    /** Second person. */
    public void approve(long paymentId, String who) throws AppException {
        Payment p = find(paymentId);
        if (!PAY_NEW.equals(p.getStatus())) {
            throw new AppException("P-106", "payment is " + p.getStatus());
        }
        if (who.equals(p.getCreatedBy())) {
            throw new AppException("P-107", "not your own payment");
        }
        try {
            Connection con = ConnectionManager.getConnection();
            try {
                con.setAutoCommit(false);
                paymentDao.approve(con, paymentId, who);
                bookOnReserve(con, p);
                con.commit();
            } catch (SQLException e) {
                con.rollback();
                throw e;
            } finally {
                ConnectionManager.release(con);
            }
            new ClaimNoteDao().add(p.getClaimId(), "payment " + Utils.fmtCents(p.getAmountCents()) + " approved", who);
        } catch (SQLException e) {
            throw new AppException("P-901", "not approved", e);
        }
    }

    public void reject(long paymentId, String who) throws AppException {
        Payment p = find(paymentId);
        if (!PAY_NEW.equals(p.getStatus())) {
            throw new AppException("P-106", "payment is " + p.getStatus());
        }
        try (AutoRelease c = new AutoRelease()) {
            paymentDao.updateStatus(c.con, paymentId, PAY_REJECTED);
        } catch (SQLException e) {
            throw new AppException("P-902", "not rejected", e);
        }
        Utils.audit(who, "payment rejected", String.valueOf(paymentId));
    }

    /** Prints the cheque of an approved payment and returns its text. */
    public String issueCheque(long paymentId, String who) throws AppException {
        Payment p = find(paymentId);
        if (!PAY_APPROVED.equals(p.getStatus()) || !METHOD_CHEQUE.equals(p.getMethod())) {
            throw new AppException("P-108", "no approved cheque payment");
        }
        try {
            Payee payee = payeeDao.find(p.getPayeeId());
            long no = chequeDao.nextNumber();
            paymentDao.setCheque(paymentId, no);
            Utils.audit(who, "cheque " + no, String.valueOf(paymentId));
            if (chequeDao.formsLeft() < 50) {
                Utils.mail("printer-room@harborline.example", "cheque forms run out", chequeDao.formsLeft() + " left");
            }
            return ChequePrinter.print(no, payee.getPayeeName(), p.getAmountCents(), Utils.today());
        } catch (SQLException e) {
            throw new AppException("P-903", "cheque not issued", e);
        }
    }

    public Payment find(long paymentId) throws AppException {
        try {
            Payment p = paymentDao.find(paymentId);
            if (p == null) {
                throw new AppException("P-404", "there is no payment " + paymentId);
            }
            return p;
        } catch (SQLException e) {
            throw new AppException("P-904", "payment not read", e);
        }
    }

    public List<Payment> paymentsOf(long claimId) {
        try {
            return paymentDao.findByClaim(claimId);
        } catch (SQLException e) {
            Log.error("payments of " + claimId, e);
            return new ArrayList<Payment>();
        }
    }

    public List<Payment> waiting() {
        try {
            return paymentDao.findByStatus(PAY_NEW);
        } catch (SQLException e) {
            Log.error("waiting payments", e);
            return new ArrayList<Payment>();
        }
    }

    public long savePayee(Payee p) throws AppException {
        if (Utils.isEmpty(p.getPayeeName())) {
            throw new AppException("P-109", "name is missing");
        }
        if (!Utils.isEmpty(p.getBankCode()) && !Utils.validBankCode(p.getBankCode())) {
            throw new AppException("P-110", "bank code is wrong");
        }
        try {
            if (p.getPayeeId() == 0) {
                return payeeDao.insert(p);
            }
            payeeDao.update(p);
            return p.getPayeeId();
        } catch (SQLException e) {
            throw new AppException("P-905", "payee not saved", e);
        }
    }

    /** try-with-resources for the old pool (tsm). */
    private static class AutoRelease implements AutoCloseable {
        private final Connection con;

        AutoRelease() throws SQLException {
            con = ConnectionManager.getConnection();
        }

        @Override
        public void close() {
            ConnectionManager.release(con);
        }
    }
}
