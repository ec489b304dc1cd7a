package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.model.BankFile;
import com.harborline.claims.util.DbUtil;

public class BankFileDao extends BaseDao<BankFile> {

    @Override
    protected BankFile map(ResultSet rs) throws SQLException {
        BankFile f = new BankFile();
        f.setBankFileId(rs.getLong("BANK_FILE_ID"));
        f.setFileName(rs.getString("FILE_NAME"));
        f.setCreatedOn(rs.getTimestamp("CREATED_ON"));
        f.setRecordCount(rs.getInt("RECORD_COUNT"));
        f.setTotalCents(rs.getLong("TOTAL_CENTS"));
        f.setStatus(rs.getString("STATUS"));
        return f;
    }

    public long insert(String fileName, int count, long totalCents) throws SQLException {
        long id = DbUtil.nextKey("BANK_FILE");
        DbUtil.update("INSERT INTO BANK_FILE (BANK_FILE_ID, FILE_NAME, CREATED_ON, RECORD_COUNT, TOTAL_CENTS, STATUS)"
                + " VALUES (?,?,?,?,?,?)", id, fileName, DbUtil.now(), count, totalCents, "WRITTEN");
        return id;
    }

    public void updateStatus(long bankFileId, String status) throws SQLException {
        DbUtil.update("UPDATE BANK_FILE SET STATUS = ? WHERE BANK_FILE_ID = ?", status, bankFileId);
    }

    public List<BankFile> findLast() throws SQLException {
        return list("SELECT * FROM BANK_FILE ORDER BY BANK_FILE_ID DESC");
    }
}
