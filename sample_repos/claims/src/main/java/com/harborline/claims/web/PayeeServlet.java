package com.harborline.claims.web;

import java.io.IOException;
import java.sql.SQLException;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.dao.PayeeDao;
import com.harborline.claims.model.Payee;
import com.harborline.claims.service.PaymentService;
import com.harborline.claims.util.AppException;
import com.harborline.claims.util.Utils;

public class PayeeServlet extends BaseServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected String handle(HttpServletRequest req, HttpServletResponse resp)
            throws AppException, IOException, ServletException {
        PayeeDao dao = new PayeeDao();
        long id = id(req, "id");
        try {
            Payee p = id == 0 ? new Payee() : dao.find(id);
            if (p == null) {
                throw new AppException("P-405", "there is no payee " + id);
            }
            if (isPost(req)) {
                if ("deactivate".equals(req.getParameter("what"))) {
                    dao.deactivate(id);
                    return "redirect:/payeeList.do";
                }
                p.setPayeeName(req.getParameter("name"));
                p.setPayeeKind(Utils.nvl(req.getParameter("kind"), "P"));
                p.setBankCode(req.getParameter("bankCode"));
                p.setAccountNo(req.getParameter("accountNo"));
                p.setAddress(req.getParameter("address"));
                new PaymentService().savePayee(p);
                return "redirect:/payeeList.do?name=" + Utils.nvl(p.getPayeeName());
            }
            req.setAttribute("payee", p);
            return "payeeEdit";
        } catch (SQLException e) {
            throw new AppException("P-906", "payee not read", e);
        }
    }
}
