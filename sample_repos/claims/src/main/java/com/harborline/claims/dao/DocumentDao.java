package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.harborline.claims.model.ClaimDocument;
import com.harborline.claims.util.DbUtil;

public class DocumentDao extends BaseDao<ClaimDocument> {

    @Override
    protected ClaimDocument map(ResultSet rs) throws SQLException {
        ClaimDocument d = new ClaimDocument();
        d.setDocumentId(rs.getLong("DOCUMENT_ID"));
        d.setClaimId(rs.getLong("CLAIM_ID"));
        d.setFileName(rs.getString("FILE_NAME"));
        d.setFilePath(rs.getString("FILE_PATH"));
        d.setMimeType(rs.getString("MIME_TYPE"));
        d.setSizeBytes(rs.getLong("SIZE_BYTES"));
        d.setUploadedBy(rs.getString("UPLOADED_BY"));
        d.setUploadedOn(rs.getTimestamp("UPLOADED_ON"));
        return d;
    }

    public ClaimDocument find(long documentId) throws SQLException {
        return one("SELECT * FROM CLAIM_DOCUMENT WHERE DOCUMENT_ID = ?", documentId);
    }

    public List<ClaimDocument> findByClaim(long claimId) throws SQLException {
        return list("SELECT * FROM CLAIM_DOCUMENT WHERE CLAIM_ID = ? ORDER BY DOCUMENT_ID", claimId);
    }

    public void insert(ClaimDocument d) throws SQLException {
        d.setDocumentId(DbUtil.nextKey("CLAIM_DOCUMENT"));
        DbUtil.update("INSERT INTO CLAIM_DOCUMENT (DOCUMENT_ID, CLAIM_ID, FILE_NAME, FILE_PATH, MIME_TYPE, SIZE_BYTES,"
                + " UPLOADED_BY, UPLOADED_ON) VALUES (?,?,?,?,?,?,?,?)", d.getDocumentId(), d.getClaimId(),
                d.getFileName(), d.getFilePath(), d.getMimeType(), d.getSizeBytes(), d.getUploadedBy(), DbUtil.now());
    }

    public void delete(long documentId) throws SQLException {
        DbUtil.update("DELETE FROM CLAIM_DOCUMENT WHERE DOCUMENT_ID = ?", documentId);
    }
}
