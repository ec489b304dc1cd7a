package com.harborline.claims.web;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

import javax.servlet.ServletException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import com.harborline.claims.legacy.Action;
import com.harborline.claims.util.Log;

/*
 * FrontController.java
 * rwk 11/2009
 * *.do -> class of actions.properties -> JSP
 */
public class FrontController extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final Properties m_props = new Properties();
    private final Map<String, Action> m_mapActions = new HashMap<String, Action>();

    public void init() throws ServletException {
        InputStream in = FrontController.class.getResourceAsStream("/actions.properties");
        try {
            m_props.load(in);
            in.close();
        } catch (IOException e) {
            throw new ServletException("actions.properties", e);
        }
    }

    private Action getAction(String sPath) {
        Action act = m_mapActions.get(sPath);
        if (act == null) {
            String sClass = m_props.getProperty(sPath);
            if (sClass == null) {
                return null;
            }
            try {
                act = (Action) Class.forName(sClass).newInstance();
                m_mapActions.put(sPath, act);
            } catch (Exception e) {
                Log.error("action " + sClass, e);
            }
        }
        return act;
    }

    public void doGet(HttpServletRequest req, HttpServletResponse resp) throws ServletException, IOException {
        Action act = getAction(req.getServletPath());
        if (act == null) {
            resp.sendError(404);
            return;
        }
        try {
            String sPage = act.execute(req, resp);
            if (sPage != null) {
                req.getRequestDispatcher("/WEB-INF/jsp/" + sPage + ".jsp").forward(req, resp);
            }
        } catch (Exception e) {
            Log.error("action " + req.getServletPath(), e);
            req.setAttribute("message", e.getMessage());
            req.getRequestDispatcher("/WEB-INF/jsp/error.jsp").forward(req, resp);
        }
    }

    public void doPost(HttpServletRequest req, HttpServletResponse resp) throws ServletException, IOException {
        doGet(req, resp);
    }
}
