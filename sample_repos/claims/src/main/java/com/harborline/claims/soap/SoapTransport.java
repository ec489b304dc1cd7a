package com.harborline.claims.soap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;

import javax.xml.parsers.DocumentBuilderFactory;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import com.harborline.claims.util.Log;

/**
 * SOAP 1.1 by hand. Axis did not start on the Tomcat of 2014 (CLM-1240).
 *
 * @author dok
 */
public class SoapTransport {

    private final int timeoutMs;

    public SoapTransport(int timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /**
     * @param url    address of the service
     * @param action SOAPAction header
     * @param body   content of soap:Body
     * @return document element of the answer's body
     */
    public Element call(String url, String action, String body) throws SoapException {
        String envelope = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                + "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
                + body + "</soap:Body></soap:Envelope>";
        HttpURLConnection con = null;
        try {
            con = (HttpURLConnection) new URL(url).openConnection();
            con.setRequestMethod("POST");
            con.setConnectTimeout(timeoutMs);
            con.setReadTimeout(timeoutMs);
            con.setDoOutput(true);
            con.setRequestProperty("Content-Type", "text/xml; charset=UTF-8");
            con.setRequestProperty("SOAPAction", "\"" + action + "\"");
            OutputStream out = con.getOutputStream();
            out.write(envelope.getBytes("UTF-8"));
            out.close();
            int status = con.getResponseCode();
            InputStream in = status >= 400 ? con.getErrorStream() : con.getInputStream();
            if (in == null) {
                throw new SoapException("HTTP", "HTTP " + status);
            }
            return parse(readAll(in), status);
        } catch (IOException e) {
            Log.error("soap " + url, e);
            throw new SoapException("no connection: " + e.getMessage(), e);
        } finally {
            if (con != null) {
                con.disconnect();
            }
        }
    }

    Element parse(byte[] answer, int status) throws SoapException {
        Document doc;
        try {
            DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
            f.setNamespaceAware(true);
            f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            doc = f.newDocumentBuilder().parse(new java.io.ByteArrayInputStream(answer));
        } catch (Exception e) {
            throw new SoapException("answer is no XML, HTTP " + status, e);
        }
        NodeList faults = doc.getElementsByTagNameNS("*", "Fault");
        if (faults.getLength() > 0) {
            Element fault = (Element) faults.item(0);
            throw new SoapException(text(fault, "faultcode"), text(fault, "faultstring"));
        }
        NodeList bodies = doc.getElementsByTagNameNS("*", "Body");
        if (bodies.getLength() == 0) {
            throw new SoapException("FORMAT", "no body in the answer");
        }
        return (Element) bodies.item(0);
    }

    /** Text of the first element with the name, null when it is missing. */
    public static String text(Element parent, String name) {
        NodeList list = parent.getElementsByTagNameNS("*", name);
        if (list.getLength() == 0) {
            list = parent.getElementsByTagName(name);
        }
        return list.getLength() == 0 ? null : list.item(0).getTextContent().trim();
    }

    private static byte[] readAll(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buf = new byte[4096];
        int n;
        while ((n = in.read(buf)) > 0) {
            out.write(buf, 0, n);
        }
        in.close();
        return out.toByteArray();
    }
}
