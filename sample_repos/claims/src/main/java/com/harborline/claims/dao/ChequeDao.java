package com.harborline.claims.dao;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import com.harborline.claims.util.AppException;
import com.harborline.claims.util.DbUtil;

/**
 * Numbers of the pre-printed cheque forms.
 */
public class ChequeDao {

    /**
     * Takes the next number of the oldest active range. The printer room
     * reports a lost number with the red form.
     */
    public synchronized long nextNumber() throws SQLException, AppException {
        List<Map<String, Object>> rows = DbUtil.queryRows("SELECT RANGE_ID, NEXT_NO, TO_NO FROM CHEQUE_RANGE"
                + " WHERE ACTIVE_FLAG = 'Y' ORDER BY FROM_NO");
        if (rows.isEmpty()) {
            throw new AppException("P-301", "no cheque forms left, call the printer room");
        }
        Map<String, Object> row = rows.get(0);
        long rangeId = ((Number) row.get("RANGE_ID")).longValue();
        long next = ((Number) row.get("NEXT_NO")).longValue();
        long last = ((Number) row.get("TO_NO")).longValue();
        if (next >= last) {
            DbUtil.update("UPDATE CHEQUE_RANGE SET NEXT_NO = ?, ACTIVE_FLAG = 'N' WHERE RANGE_ID = ?", next + 1, rangeId);
        } else {
            DbUtil.update("UPDATE CHEQUE_RANGE SET NEXT_NO = ? WHERE RANGE_ID = ?", next + 1, rangeId);
        }
        return next;
    }

    public void addRange(long from, long to) throws SQLException {
        DbUtil.update("INSERT INTO CHEQUE_RANGE (RANGE_ID, FROM_NO, TO_NO, NEXT_NO) VALUES (?,?,?,?)",
                DbUtil.nextKey("CHEQUE_RANGE"), from, to, from);
    }

    public long formsLeft() {
        return DbUtil.queryLong("SELECT SUM(TO_NO - NEXT_NO + 1) FROM CHEQUE_RANGE WHERE ACTIVE_FLAG = 'Y'");
    }
}
