package com.harborline.claims.service;

import java.sql.Connection;
import java.sql.SQLException;

import com.harborline.claims.dao.ClaimNoteDao;
import com.harborline.claims.dao.PaymentDao;
import com.harborline.claims.model.Payment;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/**
 * Returned transfers and stopped cheques. A reversal is a negative payment.
 *
 * @author dok
 */
public class ReversalService implements IConstants {

    private final PaymentDao paymentDao = new PaymentDao();

    public Payment reverse(long paymentId, String reason, String who) throws AppException {
        try {
            Payment p = paymentDao.find(paymentId);
            if (p == null) {
                throw new AppException("P-404", "there is no payment " + paymentId);
            }
            if (!PAY_SENT.equals(p.getStatus()) && !PAY_PAID.equals(p.getStatus()) && !PAY_APPROVED.equals(p.getStatus())) {
                throw new AppException("P-201", "payment is " + p.getStatus());
            }
            Payment back = new Payment();
            back.setClaimId(p.getClaimId());
            back.setPayeeId(p.getPayeeId());
            back.setReserveType(p.getReserveType());
            back.setAmountCents(-p.getAmountCents());
            back.setMethod(p.getMethod());
            back.setStatus(PAY_REVERSED);
            back.setCreatedBy(who);
            back.setApprovedBy(who);
            back.setReversalOf(paymentId);
            Connection con = ConnectionManager.getConnection();
            try {
                con.setAutoCommit(false);
                paymentDao.insert(con, back);
                paymentDao.updateStatus(con, paymentId, PAY_REVERSED);
                DbUtil.update(con, "UPDATE CLAIM_RESERVE SET PAID_AMOUNT = PAID_AMOUNT - ?, UPDATED_ON = ?,"
                        + " UPDATED_BY = ? WHERE CLAIM_ID = ? AND RESERVE_TYPE = ?", p.getAmount(), DbUtil.now(),
                        "payments", p.getClaimId(), p.getReserveType());
                DbUtil.update(con, "UPDATE CLAIM SET PAID_TOTAL = PAID_TOTAL - ? WHERE CLAIM_ID = ?",
                        p.getAmount(), p.getClaimId());
                con.commit();
            } catch (SQLException e) {
                con.rollback();
                throw e;
            } finally {
                ConnectionManager.release(con);
            }
            new ClaimNoteDao().add(p.getClaimId(), "payment " + paymentId + " reversed: " + Utils.nvl(reason), who);
            return back;
        } catch (SQLException e) {
            throw new AppException("P-910", "not reversed", e);
        }
    }
}
