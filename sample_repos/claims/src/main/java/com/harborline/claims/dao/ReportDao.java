package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Date;
import java.util.List;
import java.util.Map;

import com.harborline.claims.model.LossRatioRow;
import com.harborline.claims.util.DbUtil;

/**
 * SQL of the reports. Goes over all tables, the reserve and payment sums are
 * sub-selects because the joins counted twice (CLM-1544).
 *
 * @author dok
 */
public class ReportDao extends BaseDao<LossRatioRow> {

    @Override
    protected LossRatioRow map(ResultSet rs) throws SQLException {
        LossRatioRow r = new LossRatioRow();
        r.setProductCode(rs.getString("PRODUCT_CODE"));
        r.setPolicies(rs.getInt("POLICIES"));
        r.setPremium(rs.getDouble("PREMIUM"));
        r.setClaims(rs.getInt("CLAIMS"));
        r.setReserved(rs.getDouble("RESERVED"));
        r.setPaid(rs.getDouble("PAID"));
        return r;
    }

    public List<LossRatioRow> lossRatio(Date from, Date to) throws SQLException {
        java.sql.Date f = DbUtil.sqlDate(from);
        java.sql.Date t = DbUtil.sqlDate(to);
        return list("SELECT P.PRODUCT_CODE, COUNT(*) AS POLICIES, SUM(P.ANNUAL_PREMIUM) AS PREMIUM,"
                + " (SELECT COUNT(*) FROM CLAIM C JOIN POLICY P2 ON C.POLICY_ID = P2.POLICY_ID"
                + "   WHERE P2.PRODUCT_CODE = P.PRODUCT_CODE AND C.LOSS_DATE BETWEEN ? AND ?) AS CLAIMS,"
                + " (SELECT COALESCE(SUM(R.AMOUNT), 0) FROM CLAIM_RESERVE R JOIN CLAIM C ON R.CLAIM_ID = C.CLAIM_ID"
                + "   JOIN POLICY P2 ON C.POLICY_ID = P2.POLICY_ID"
                + "   WHERE P2.PRODUCT_CODE = P.PRODUCT_CODE AND C.LOSS_DATE BETWEEN ? AND ?) AS RESERVED,"
                + " (SELECT COALESCE(SUM(Y.AMOUNT_CENTS), 0) / 100.0 FROM PAYMENT Y JOIN CLAIM C ON Y.CLAIM_ID = C.CLAIM_ID"
                + "   JOIN POLICY P2 ON C.POLICY_ID = P2.POLICY_ID"
                + "   WHERE P2.PRODUCT_CODE = P.PRODUCT_CODE AND C.LOSS_DATE BETWEEN ? AND ?"
                + "   AND Y.STATUS IN ('APPR', 'SENT', 'PAID', 'REVD')) AS PAID"
                + " FROM POLICY P WHERE P.STATUS <> 'QU' AND P.START_DATE <= ? AND P.END_DATE > ?"
                + " GROUP BY P.PRODUCT_CODE ORDER BY P.PRODUCT_CODE", f, t, f, t, f, t, t, f);
    }

    /** Open claims with policyholder, adjuster and amounts. */
    public List<Map<String, Object>> openClaims() throws SQLException {
        return DbUtil.queryRows("SELECT C.CLAIM_NO, P.POLICY_NO, COALESCE(H.COMPANY_NAME, H.LAST_NAME) AS HOLDER,"
                + " A.FULL_NAME AS ADJUSTER, C.STATUS, C.LOSS_DATE,"
                + " (SELECT COALESCE(SUM(R.AMOUNT), 0) FROM CLAIM_RESERVE R WHERE R.CLAIM_ID = C.CLAIM_ID) AS RESERVED,"
                + " C.PAID_TOTAL FROM CLAIM C JOIN POLICY P ON C.POLICY_ID = P.POLICY_ID"
                + " JOIN POLICYHOLDER H ON P.HOLDER_ID = H.HOLDER_ID"
                + " LEFT JOIN ADJUSTER A ON C.ADJUSTER_ID = A.ADJUSTER_ID"
                + " WHERE C.STATUS NOT IN ('CLSD', 'REJ') ORDER BY C.CLAIM_NO");
    }

    /** Payments of a period with claim, policy and payee, for the accountants. */
    public List<Map<String, Object>> payments(Date from, Date to) throws SQLException {
        return DbUtil.queryRows("SELECT Y.PAYMENT_ID, C.CLAIM_NO, P.POLICY_NO, E.PAYEE_NAME, Y.AMOUNT_CENTS, Y.METHOD,"
                + " Y.STATUS, Y.CHEQUE_NO, F.FILE_NAME FROM PAYMENT Y JOIN CLAIM C ON Y.CLAIM_ID = C.CLAIM_ID"
                + " JOIN POLICY P ON C.POLICY_ID = P.POLICY_ID JOIN PAYEE E ON Y.PAYEE_ID = E.PAYEE_ID"
                + " LEFT JOIN BANK_FILE F ON Y.BANK_FILE_ID = F.BANK_FILE_ID"
                + " WHERE Y.CREATED_ON >= ? AND Y.CREATED_ON < ? ORDER BY Y.PAYMENT_ID",
                DbUtil.sqlDate(from), DbUtil.sqlDate(to));
    }

    /** Repair orders per shop with the estimates. */
    public List<Map<String, Object>> repairShops() throws SQLException {
        return DbUtil.queryRows("SELECT S.SHOP_CODE, S.SHOP_NAME, COUNT(O.ORDER_ID) AS ORDERS,"
                + " COALESCE(SUM(O.ESTIMATE_CENTS), 0) AS ESTIMATES FROM REPAIR_SHOP S"
                + " LEFT JOIN REPAIR_ORDER O ON O.SHOP_ID = S.SHOP_ID"
                + " GROUP BY S.SHOP_CODE, S.SHOP_NAME ORDER BY S.SHOP_CODE");
    }

    public void insertRun(String code, String who, int rows, String path) throws SQLException {
        DbUtil.update("INSERT INTO REPORT_RUN (RUN_ID, REPORT_CODE, RUN_BY, RUN_ON, ROW_COUNT, FILE_PATH)"
                + " VALUES (?,?,?,?,?,?)", DbUtil.nextKey("REPORT_RUN"), code, who, DbUtil.now(), rows, path);
    }
}
