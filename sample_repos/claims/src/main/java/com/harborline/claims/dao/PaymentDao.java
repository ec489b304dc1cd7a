package com.harborline.claims.dao;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.model.Payment;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;

/**
 * Payments. Since CLM-1702 the methods that change something take the
 * connection of the caller.
 *
 * @author dok
 */
public class PaymentDao extends BaseDao<Payment> implements IConstants {

    @Override
    protected Payment map(ResultSet rs) throws SQLException {
        Payment p = new Payment();
        p.setPaymentId(rs.getLong("PAYMENT_ID"));
        p.setClaimId(rs.getLong("CLAIM_ID"));
        p.setPayeeId(rs.getLong("PAYEE_ID"));
        p.setReserveType(rs.getString("RESERVE_TYPE"));
        p.setAmountCents(rs.getLong("AMOUNT_CENTS"));
        p.setMethod(rs.getString("METHOD"));
        p.setStatus(rs.getString("STATUS"));
        p.setChequeNo(rs.getLong("CHEQUE_NO"));
        p.setBankFileId(rs.getLong("BANK_FILE_ID"));
        p.setCreatedBy(rs.getString("CREATED_BY"));
        p.setCreatedOn(rs.getTimestamp("CREATED_ON"));
        p.setApprovedBy(rs.getString("APPROVED_BY"));
        p.setPaidOn(rs.getTimestamp("PAID_ON"));
        p.setReversalOf(rs.getLong("REVERSAL_OF"));
        return p;
    }

    public Payment find(long paymentId) throws SQLException {
        return one("SELECT * FROM PAYMENT WHERE PAYMENT_ID = ?", paymentId);
    }

    public List<Payment> findByClaim(long claimId) throws SQLException {
        return list("SELECT * FROM PAYMENT WHERE CLAIM_ID = ? ORDER BY PAYMENT_ID", claimId);
    }

    public List<Payment> findByStatus(String status) throws SQLException {
        return list("SELECT * FROM PAYMENT WHERE STATUS = ? ORDER BY PAYMENT_ID", status);
    }

    /** Approved bank transfers that are in no file yet. */
    public List<Payment> findForBankFile() throws SQLException {
        return list("SELECT * FROM PAYMENT WHERE STATUS = ? AND METHOD = ? AND BANK_FILE_ID IS NULL AND AMOUNT_CENTS > 0"
                + " ORDER BY PAYMENT_ID", PAY_APPROVED, METHOD_BANK);
    }

    public void insert(Connection con, Payment p) throws SQLException {
        p.setPaymentId(DbUtil.nextKey("PAYMENT"));
        DbUtil.update(con, "INSERT INTO PAYMENT (PAYMENT_ID, CLAIM_ID, PAYEE_ID, RESERVE_TYPE, AMOUNT_CENTS, METHOD,"
                + " STATUS, CREATED_BY, CREATED_ON, APPROVED_BY, REVERSAL_OF) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                p.getPaymentId(), p.getClaimId(), p.getPayeeId(), p.getReserveType(), p.getAmountCents(),
                p.getMethod(), p.getStatus(), p.getCreatedBy(), DbUtil.now(), p.getApprovedBy(),
                p.getReversalOf() == 0 ? null : Long.valueOf(p.getReversalOf()));
    }

    public void updateStatus(Connection con, long paymentId, String status) throws SQLException {
        DbUtil.update(con, "UPDATE PAYMENT SET STATUS = ? WHERE PAYMENT_ID = ?", status, paymentId);
    }

    public void approve(Connection con, long paymentId, String who) throws SQLException {
        DbUtil.update(con, "UPDATE PAYMENT SET STATUS = ?, APPROVED_BY = ? WHERE PAYMENT_ID = ?",
                PAY_APPROVED, who, paymentId);
    }

    public void setCheque(long paymentId, long chequeNo) throws SQLException {
        DbUtil.update("UPDATE PAYMENT SET CHEQUE_NO = ?, STATUS = ?, PAID_ON = ? WHERE PAYMENT_ID = ?",
                chequeNo, PAY_PAID, DbUtil.now(), paymentId);
    }

    public void setBankFile(long paymentId, long bankFileId) throws SQLException {
        DbUtil.update("UPDATE PAYMENT SET BANK_FILE_ID = ?, STATUS = ?, PAID_ON = ? WHERE PAYMENT_ID = ?",
                bankFileId, PAY_SENT, DbUtil.now(), paymentId);
    }
}
