package com.harborline.claims.service;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import com.harborline.claims.dao.DocumentDao;
import com.harborline.claims.model.ClaimDocument;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Config;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.Log;
import com.harborline.claims.util.Utils;

/**
 * Photos, estimates and letters of a claim. The files are on the disk of the
 * server, docs.path is the same NFS mount on both boxes.
 *
 * @author dok
 */
public class DocumentService {

    private static final long MAX_BYTES = 20L * 1024 * 1024;

    private final DocumentDao dao = new DocumentDao();

    private File folderOf(String claimNo) {
        return new File(Config.get("docs.path", "/var/claims/docs"), claimNo);
    }

    public ClaimDocument store(long claimId, String name, String mimeType, InputStream in, String who)
            throws AppException {
        String claimNo = DbUtil.claimNo(claimId);
        if (claimNo == null) {
            throw new AppException("D-101", "there is no claim " + claimId);
        }
        File folder = folderOf(claimNo);
        if (!folder.exists() && !folder.mkdirs()) {
            throw new AppException("D-102", "folder cannot be made: " + folder);
        }
        // the time keeps two scans "scan0001.pdf" apart
        File file = new File(folder, System.currentTimeMillis() + "_" + Utils.safeFileName(name));
        try {
            Utils.copy(in, file);
            if (file.length() > MAX_BYTES) {
                file.delete();
                throw new AppException("D-103", "file is too big");
            }
            ClaimDocument d = new ClaimDocument();
            d.setClaimId(claimId);
            d.setFileName(Utils.safeFileName(name));
            d.setFilePath(file.getPath());
            d.setMimeType(mimeType);
            d.setSizeBytes(file.length());
            d.setUploadedBy(who);
            dao.insert(d);
            return d;
        } catch (IOException e) {
            throw new AppException("D-901", "file not written", e);
        } catch (SQLException e) {
            throw new AppException("D-900", "document not saved", e);
        }
    }

    public List<ClaimDocument> documentsOf(long claimId) {
        try {
            return dao.findByClaim(claimId);
        } catch (SQLException e) {
            Log.error("documents of " + claimId, e);
            return new ArrayList<ClaimDocument>();
        }
    }

    public File fileOf(long documentId) throws AppException {
        try {
            ClaimDocument d = dao.find(documentId);
            if (d == null) {
                throw new AppException("D-404", "there is no document " + documentId);
            }
            return new File(d.getFilePath());
        } catch (SQLException e) {
            throw new AppException("D-900", "document not read", e);
        }
    }

    public void delete(long documentId, String who) throws AppException {
        File f = fileOf(documentId);
        try {
            dao.delete(documentId);
            if (!f.delete()) {
                Log.warn("file stays on the disk: " + f);
            }
            Utils.audit(who, "document deleted " + f.getName(), String.valueOf(documentId));
        } catch (SQLException e) {
            throw new AppException("D-900", "document not deleted", e);
        }
    }
}
