package com.harborline.claims;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

import javax.servlet.RequestDispatcher;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.HttpSession;
import javax.servlet.http.Part;

import com.harborline.claims.model.User;
import com.harborline.claims.util.IConstants;

/** One browser: session, parameters of the next request, what came back. */
public class FakeWeb {

    public final Map<String, Object> session = new HashMap<String, Object>();
    public final Map<String, Object> attributes = new HashMap<String, Object>();
    public final Map<String, String> params = new HashMap<String, String>();
    public final StringWriter text = new StringWriter();
    public final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    public boolean hasSession = false;
    public String method = "GET";
    public String path = "/x";
    public String forward;
    public String redirect;
    public int error;
    public byte[] upload;

    public FakeWeb login(String login, String role) {
        User u = new User();
        u.setLogin(login);
        u.setFullName(login);
        u.setRoleCode(role);
        hasSession = true;
        session.put(IConstants.SES_USER, u);
        return this;
    }

    public FakeWeb get(String... namesAndValues) {
        return request("GET", namesAndValues);
    }

    public FakeWeb post(String... namesAndValues) {
        return request("POST", namesAndValues);
    }

    private FakeWeb request(String m, String... nv) {
        method = m;
        params.clear();
        attributes.clear();
        forward = null;
        redirect = null;
        error = 0;
        for (int i = 0; i < nv.length; i += 2) {
            params.put(nv[i], nv[i + 1]);
        }
        return this;
    }

    public String jsp() {
        return forward == null ? null : forward.replace("/WEB-INF/jsp/", "").replace(".jsp", "");
    }

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<T> type, InvocationHandler h) {
        return (T) Proxy.newProxyInstance(FakeWeb.class.getClassLoader(), new Class<?>[] { type }, h);
    }

    private HttpSession httpSession() {
        return proxy(HttpSession.class, (o, m, a) -> {
            switch (m.getName()) {
                case "getAttribute":
                    return session.get(a[0]);
                case "setAttribute":
                    session.put((String) a[0], a[1]);
                    return null;
                case "removeAttribute":
                    session.remove(a[0]);
                    return null;
                case "invalidate":
                    session.clear();
                    hasSession = false;
                    return null;
                case "getId":
                    return "s1";
                case "setMaxInactiveInterval":
                    return null;
                default:
                    throw new UnsupportedOperationException(m.getName());
            }
        });
    }

    public HttpServletRequest req() {
        return proxy(HttpServletRequest.class, (o, m, a) -> {
            switch (m.getName()) {
                case "getParameter":
                    return params.get(a[0]);
                case "getMethod":
                    return method;
                case "getContextPath":
                    return "/claims";
                case "getServletPath":
                    return path;
                case "getRemoteAddr":
                    return "127.0.0.1";
                case "setCharacterEncoding":
                    return null;
                case "setAttribute":
                    attributes.put((String) a[0], a[1]);
                    return null;
                case "getAttribute":
                    return attributes.get(a[0]);
                case "getSession":
                    if (a != null && Boolean.FALSE.equals(a[0]) && !hasSession) {
                        return null;
                    }
                    hasSession = true;
                    return httpSession();
                case "getRequestDispatcher":
                    return dispatcher((String) a[0]);
                case "getPart":
                    return part();
                default:
                    throw new UnsupportedOperationException(m.getName());
            }
        });
    }

    private RequestDispatcher dispatcher(String to) {
        return proxy(RequestDispatcher.class, (o, m, a) -> {
            forward = to;
            return null;
        });
    }

    private Part part() {
        return proxy(Part.class, (o, m, a) -> {
            switch (m.getName()) {
                case "getSubmittedFileName":
                    return "C:\\photos\\front left.jpg";
                case "getContentType":
                    return "image/jpeg";
                case "getInputStream":
                    return new ByteArrayInputStream(upload);
                default:
                    throw new UnsupportedOperationException(m.getName());
            }
        });
    }

    public HttpServletResponse resp() {
        return proxy(HttpServletResponse.class, this::answer);
    }

    private Object answer(Object o, Method m, Object[] a) {
        switch (m.getName()) {
            case "sendRedirect":
                redirect = (String) a[0];
                return null;
            case "sendError":
                error = (Integer) a[0];
                return null;
            case "setContentType":
            case "setHeader":
                return null;
            case "getWriter":
                return new PrintWriter(text, true);
            case "getOutputStream":
                return new ServletOutputStream() {
                    @Override
                    public boolean isReady() {
                        return true;
                    }

                    @Override
                    public void setWriteListener(WriteListener l) {
                    }

                    @Override
                    public void write(int b) throws IOException {
                        bytes.write(b);
                    }
                };
            default:
                throw new UnsupportedOperationException(m.getName());
        }
    }
}
