package com.harborline.claims;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** Answers like the repair network, remembers what it was asked. */
public class StubRepairNet {

    public final List<String> requests = new ArrayList<String>();
    public final List<String> actions = new ArrayList<String>();
    public String answer = "";
    public int status = 200;

    private final HttpServer server;

    public StubRepairNet() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange ex) throws IOException {
        InputStream in = ex.getRequestBody();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buf = new byte[1024];
        int n;
        while ((n = in.read(buf)) > 0) {
            body.write(buf, 0, n);
        }
        requests.add(body.toString("UTF-8"));
        actions.add(ex.getRequestHeaders().getFirst("SOAPAction"));
        byte[] out = answer.getBytes("UTF-8");
        ex.sendResponseHeaders(status, out.length);
        ex.getResponseBody().write(out);
        ex.close();
    }

    public String url() {
        return "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort() + "/ws";
    }

    public void stop() {
        server.stop(0);
    }

    public void answerBody(String body) {
        status = 200;
        answer = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" + body
                + "</s:Body></s:Envelope>";
    }

    public void order(String ref, String state) {
        answerBody("<PlaceOrderResponse xmlns=\"urn:repairnet:orders:1\"><OrderRef>" + ref + "</OrderRef><Status>"
                + state + "</Status></PlaceOrderResponse>");
    }

    public void state(String state, long cents) {
        answerBody("<GetOrderStatusResponse xmlns=\"urn:repairnet:orders:1\"><Status>" + state
                + "</Status><EstimateCents>" + cents + "</EstimateCents></GetOrderStatusResponse>");
    }

    public void fault(String text) {
        answerBody("<s:Fault><faultcode>s:Client</faultcode><faultstring>" + text + "</faultstring></s:Fault>");
        status = 500;
    }
}
