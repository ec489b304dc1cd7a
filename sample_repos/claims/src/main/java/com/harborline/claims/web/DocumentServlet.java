package com.harborline.claims.web;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import javax.servlet.ServletException;
import javax.servlet.annotation.MultipartConfig;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.Part;

import com.harborline.claims.service.DocumentService;
import com.harborline.claims.util.AppException;

/** Upload, list and download. */
@WebServlet("/document")
@MultipartConfig(maxFileSize = 20971520)
public class DocumentServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    private final DocumentService documents = new DocumentService();

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        long claimId = id(req, "claimId");
        long docId = id(req, "id");
        if (isPost(req)) {
            if ("delete".equals(req.getParameter("what"))) {
                documents.delete(docId, who(req));
            } else {
                Part part = req.getPart("file");
                documents.store(claimId, part.getSubmittedFileName(), part.getContentType(), part.getInputStream(), who(req));
            }
            return "redirect:/document?claimId=" + claimId;
        }
        if (docId != 0) {
            send(documents.fileOf(docId), resp);
            return null;
        }
        req.setAttribute("claimId", claimId);
        req.setAttribute("documents", documents.documentsOf(claimId));
        return "documents";
    }

    private void send(File f, HttpServletResponse resp) throws IOException {
        resp.setContentType("application/octet-stream");
        resp.setHeader("Content-Disposition", "attachment; filename=\"" + f.getName() + "\"");
        InputStream in = new FileInputStream(f);
        try {
            OutputStream out = resp.getOutputStream();
            byte[] buf = new byte[8192];
            int n;
            while ((n = in.read(buf)) > 0) {
                out.write(buf, 0, n);
            }
        } finally {
            in.close();
        }
    }
}
