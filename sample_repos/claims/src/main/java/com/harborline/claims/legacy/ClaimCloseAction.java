package com.harborline.claims.legacy;

import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Utils;

/* rwk 01/2010 */
public class ClaimCloseAction implements Action {

    public String execute(HttpServletRequest req, HttpServletResponse resp) throws Exception {
        long lId = Utils.toLong(req.getParameter("id"));
        String sWho = Utils.currentLogin(req);
        try {
            if ("reject".equals(req.getParameter("what"))) {
                req.setAttribute("letter", ClaimManager.getInstance().reject(lId, req.getParameter("reason"), sWho));
            } else if ("reopen".equals(req.getParameter("what"))) {
                ClaimManager.getInstance().reopen(lId, req.getParameter("reason"), sWho);
            } else {
                req.setAttribute("letter", ClaimManager.getInstance().close(lId, sWho));
            }
        } catch (AppException e) {
            req.setAttribute("message", e.getCode() + " " + e.getMessage());
        }
        req.setAttribute("claimId", new Long(lId));
        return "letter";
    }
}
