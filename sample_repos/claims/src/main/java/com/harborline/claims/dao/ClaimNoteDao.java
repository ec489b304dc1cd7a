package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.model.ClaimNote;
import com.harborline.claims.util.DbUtil;

public class ClaimNoteDao extends BaseDao<ClaimNote> {

    @Override
    protected ClaimNote map(ResultSet rs) throws SQLException {
        ClaimNote n = new ClaimNote();
        n.setNoteId(rs.getLong("NOTE_ID"));
        n.setClaimId(rs.getLong("CLAIM_ID"));
        n.setNoteText(rs.getString("NOTE_TEXT"));
        n.setCreatedBy(rs.getString("CREATED_BY"));
        n.setCreatedOn(rs.getTimestamp("CREATED_ON"));
        return n;
    }

    public List<ClaimNote> findByClaim(long claimId) throws SQLException {
        return list("SELECT * FROM CLAIM_NOTE WHERE CLAIM_ID = ? ORDER BY NOTE_ID", claimId);
    }

    public void add(long claimId, String text, String who) throws SQLException {
        String cut = text.length() > 1000 ? text.substring(0, 1000) : text;
        DbUtil.update("INSERT INTO CLAIM_NOTE (NOTE_ID, CLAIM_ID, NOTE_TEXT, CREATED_BY, CREATED_ON) VALUES (?,?,?,?,?)",
                DbUtil.nextKey("CLAIM_NOTE"), claimId, cut, who, DbUtil.now());
    }
}
