package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.model.Payee;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.Utils;

/**
 * @author dok
 */
public class PayeeDao extends BaseDao<Payee> {

    @Override
    protected Payee map(ResultSet rs) throws SQLException {
        Payee p = new Payee();
        p.setPayeeId(rs.getLong("PAYEE_ID"));
        p.setPayeeName(rs.getString("PAYEE_NAME"));
        p.setPayeeKind(rs.getString("PAYEE_KIND"));
        p.setBankCode(rs.getString("BANK_CODE"));
        p.setAccountNo(rs.getString("ACCOUNT_NO"));
        p.setAddress(rs.getString("ADDRESS"));
        p.setActive("Y".equals(rs.getString("ACTIVE_FLAG")));
        return p;
    }

    public Payee find(long payeeId) throws SQLException {
        return one("SELECT * FROM PAYEE WHERE PAYEE_ID = ?", payeeId);
    }

    public List<Payee> search(String name) throws SQLException {
        return list("SELECT * FROM PAYEE WHERE ACTIVE_FLAG = 'Y' AND UPPER(PAYEE_NAME) LIKE ? ORDER BY PAYEE_NAME",
                "%" + Utils.nvl(name).toUpperCase() + "%");
    }

    public long insert(Payee p) throws SQLException {
        p.setPayeeId(DbUtil.nextKey("PAYEE"));
        DbUtil.update("INSERT INTO PAYEE (PAYEE_ID, PAYEE_NAME, PAYEE_KIND, BANK_CODE, ACCOUNT_NO, ADDRESS)"
                + " VALUES (?,?,?,?,?,?)", p.getPayeeId(), p.getPayeeName(), p.getPayeeKind(), p.getBankCode(),
                p.getAccountNo(), p.getAddress());
        return p.getPayeeId();
    }

    public void update(Payee p) throws SQLException {
        DbUtil.update("UPDATE PAYEE SET PAYEE_NAME = ?, PAYEE_KIND = ?, BANK_CODE = ?, ACCOUNT_NO = ?, ADDRESS = ?"
                + " WHERE PAYEE_ID = ?", p.getPayeeName(), p.getPayeeKind(), p.getBankCode(), p.getAccountNo(),
                p.getAddress(), p.getPayeeId());
    }

    public void deactivate(long payeeId) throws SQLException {
        DbUtil.update("UPDATE PAYEE SET ACTIVE_FLAG = 'N' WHERE PAYEE_ID = ?", payeeId);
    }
}
