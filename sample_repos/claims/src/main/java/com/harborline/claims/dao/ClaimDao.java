package com.harborline.claims.dao;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

import com.harborline.claims.model.Claim;
import com.harborline.claims.service.ReserveService;
import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/*
 * ClaimDao.java
 * rwk 01/2010
 *
 * 05/2011  search for the claims desk
 * 08/2014  dok  first reserve is written with the claim (CLM-1190)
 */
public class ClaimDao {

    private static ClaimDao s_instance = null;

    public static ClaimDao getInstance() {
        if (s_instance == null) {
            s_instance = new ClaimDao();
        }
        return s_instance;
    }

    private Claim fill(ResultSet rs) throws SQLException {
        Claim clm = new Claim();
        clm.setClaimId(rs.getLong("CLAIM_ID"));
        clm.setClaimNo(rs.getString("CLAIM_NO"));
        clm.setPolicyId(rs.getLong("POLICY_ID"));
        clm.setLossDate(rs.getDate("LOSS_DATE"));
        clm.setReportedDate(rs.getDate("REPORTED_DATE"));
        clm.setLossType(rs.getString("LOSS_TYPE"));
        clm.setLossPlace(rs.getString("LOSS_PLACE"));
        clm.setDescription(rs.getString("DESCRIPTION"));
        clm.setStatus(rs.getString("STATUS"));
        clm.setAdjusterId(rs.getLong("ADJUSTER_ID"));
        clm.setPaidTotal(rs.getDouble("PAID_TOTAL"));
        clm.setRepairState(rs.getString("REPAIR_STATE"));
        clm.setClosedDate(rs.getDate("CLOSED_DATE"));
        clm.setCreatedBy(rs.getString("CREATED_BY"));
        return clm;
    }

    private List<Claim> select(String sRest) {
        List<Claim> lst = new ArrayList<Claim>();
        Connection con = null;
        Statement st = null;
        ResultSet rs = null;
        try {
            con = ConnectionManager.getConnection();
            st = con.createStatement();
            st.setMaxRows(IConstants.MAX_ROWS);
            rs = st.executeQuery("SELECT C.* FROM CLAIM C " + sRest);
            while (rs.next()) {
                lst.add(fill(rs));
            }
        } catch (SQLException e) {
            Log.error("claims " + sRest, e);
        } finally {
            DbUtil.close(rs, st, con);
        }
        return lst;
    }

    public Claim load(long lClaimId) {
        List<Claim> lst = select("WHERE C.CLAIM_ID = " + lClaimId);
        return withReserves(lst.size() == 0 ? null : lst.get(0));
    }

    public Claim loadByNo(String sClaimNo) {
        List<Claim> lst = select("WHERE C.CLAIM_NO = '" + Utils.nvl(sClaimNo).replace("'", "''") + "'");
        return withReserves(lst.size() == 0 ? null : lst.get(0));
    }

    private Claim withReserves(Claim clm) {
        if (clm != null) {
            clm.setReserves(ReserveService.getInstance().reservesOf(clm.getClaimId()));
        }
        return clm;
    }

    public List<Claim> findByPolicy(long lPolicyId) {
        return select("WHERE C.POLICY_ID = " + lPolicyId + " ORDER BY C.LOSS_DATE DESC");
    }

    public List<Claim> findByAdjuster(long lAdjusterId) {
        return select("WHERE C.ADJUSTER_ID = " + lAdjusterId + " AND C.STATUS NOT IN ('CLSD', 'REJ') ORDER BY C.CLAIM_NO");
    }

    public List<Claim> findOpen() {
        return select("WHERE C.STATUS NOT IN ('CLSD', 'REJ') ORDER BY C.CLAIM_ID");
    }

    /** Search of the claims desk. All fields may be empty. */
    public List<Claim> search(String sClaimNo, String sName, String sStatus, String sOrder) {
        String sSql = ", POLICY P, POLICYHOLDER H WHERE C.POLICY_ID = P.POLICY_ID AND P.HOLDER_ID = H.HOLDER_ID";
        if (!Utils.isEmpty(sClaimNo)) {
            sSql += " AND C.CLAIM_NO LIKE '%" + sClaimNo + "%'";
        }
        if (!Utils.isEmpty(sName)) {
            sSql += " AND (UPPER(H.LAST_NAME) LIKE '" + sName.toUpperCase() + "%' OR UPPER(H.COMPANY_NAME) LIKE '"
                    + sName.toUpperCase() + "%')";
        }
        if (!Utils.isEmpty(sStatus)) {
            sSql += " AND C.STATUS = '" + sStatus + "'";
        }
        // the column headers of the list send the column name
        sSql += " ORDER BY " + Utils.nvl(sOrder, "C.CLAIM_NO");
        return select(sSql);
    }

    public long insert(Claim clm) throws SQLException {
        long lId = DbUtil.nextKey("CLAIM");
        clm.setClaimId(lId);
        Connection con = ConnectionManager.getConnection();
        PreparedStatement ps = null;
        try {
            ps = con.prepareStatement("INSERT INTO CLAIM (CLAIM_ID, CLAIM_NO, POLICY_ID, LOSS_DATE, REPORTED_DATE,"
                    + " LOSS_TYPE, LOSS_PLACE, DESCRIPTION, STATUS, CREATED_BY) VALUES (?,?,?,?,?,?,?,?,?,?)");
            ps.setLong(1, lId);
            ps.setString(2, clm.getClaimNo());
            ps.setLong(3, clm.getPolicyId());
            ps.setDate(4, DbUtil.sqlDate(clm.getLossDate()));
            ps.setDate(5, DbUtil.sqlDate(clm.getReportedDate()));
            ps.setString(6, clm.getLossType());
            ps.setString(7, clm.getLossPlace());
            ps.setString(8, clm.getDescription());
            ps.setString(9, clm.getStatus());
            ps.setString(10, clm.getCreatedBy());
            ps.executeUpdate();
        } finally {
            DbUtil.close(null, ps, con);
        }
        // CLM-1190: no claim without reserve
        ReserveService.getInstance().createInitialReserve(clm);
        return lId;
    }

    public void updateStatus(long lClaimId, String sNew, String sWho) throws SQLException {
        String sOld = DbUtil.queryString("SELECT STATUS FROM CLAIM WHERE CLAIM_ID = " + lClaimId);
        Date dClosed = IConstants.CLM_CLOSED.equals(sNew) || IConstants.CLM_REJECTED.equals(sNew) ? Utils.today() : null;
        Connection con = ConnectionManager.getConnection();
        PreparedStatement ps = null;
        try {
            ps = con.prepareStatement("UPDATE CLAIM SET STATUS = ?, CLOSED_DATE = ? WHERE CLAIM_ID = ?");
            ps.setString(1, sNew);
            ps.setDate(2, DbUtil.sqlDate(dClosed));
            ps.setLong(3, lClaimId);
            ps.executeUpdate();
        } finally {
            DbUtil.close(null, ps, con);
        }
        DbUtil.update("INSERT INTO CLAIM_STATUS_LOG (LOG_ID, CLAIM_ID, OLD_STATUS, NEW_STATUS, CHANGED_BY, CHANGED_ON)"
                + " VALUES (?,?,?,?,?,?)", DbUtil.nextKey("CLAIM_STATUS_LOG"), lClaimId, sOld, sNew, sWho, DbUtil.now());
    }

    public void updateAdjuster(long lClaimId, long lAdjusterId) throws SQLException {
        DbUtil.update("UPDATE CLAIM SET ADJUSTER_ID = ? WHERE CLAIM_ID = ?", lAdjusterId, lClaimId);
    }

    public void updateDescription(long lClaimId, String sPlace, String sText) throws SQLException {
        DbUtil.update("UPDATE CLAIM SET LOSS_PLACE = ?, DESCRIPTION = ? WHERE CLAIM_ID = ?", sPlace, sText, lClaimId);
    }
}
