package com.harborline.claims.soap;

import java.util.ArrayList;
import java.util.List;

import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import com.harborline.claims.model.RepairOrder;
import com.harborline.claims.model.RepairShop;
import com.harborline.claims.util.Config;
import com.harborline.claims.util.IConstants;
import com.harborline.claims.util.Utils;

/**
 * Client of the repair network, see wsdl/RepairOrders.wsdl (version 1.3).
 *
 * @author dok
 */
public class RepairNetClient {

    private static final String NS = "urn:repairnet:orders:1";

    private final String url;
    private final SoapTransport transport;

    public RepairNetClient() {
        this(Config.get("repairnet.url", "http://gw.repairnet.example/ws/RepairOrders"));
    }

    public RepairNetClient(String url) {
        this.url = url;
        this.transport = new SoapTransport(Config.getInt("repairnet.timeout.ms", 30000));
    }

    public RepairOrder placeOrder(String shopCode, String claimNo, String damage, long limitCents)
            throws SoapException {
        String body = open("PlaceOrder")
                + tag("ShopCode", shopCode)
                + tag("ClaimNo", claimNo)
                + tag("Damage", damage)
                + tag("LimitCents", String.valueOf(limitCents))
                + "</ro:PlaceOrder>";
        Element answer = transport.call(url, NS + ":PlaceOrder", body);
        RepairOrder o = new RepairOrder();
        o.setPartnerRef(SoapTransport.text(answer, "OrderRef"));
        o.setStatus(ourStatus(SoapTransport.text(answer, "Status")));
        if (o.getPartnerRef() == null) {
            throw new SoapException("FORMAT", "no order reference");
        }
        return o;
    }

    public RepairOrder orderStatus(String ref) throws SoapException {
        String body = open("GetOrderStatus") + tag("OrderRef", ref) + "</ro:GetOrderStatus>";
        Element answer = transport.call(url, NS + ":GetOrderStatus", body);
        RepairOrder o = new RepairOrder();
        o.setPartnerRef(ref);
        o.setStatus(ourStatus(SoapTransport.text(answer, "Status")));
        o.setEstimateCents(Utils.toLong(SoapTransport.text(answer, "EstimateCents")));
        return o;
    }

    public List<RepairShop> listShops(String city) throws SoapException {
        String body = open("ListShops") + tag("City", city) + "</ro:ListShops>";
        Element answer = transport.call(url, NS + ":ListShops", body);
        List<RepairShop> shops = new ArrayList<RepairShop>();
        NodeList nodes = answer.getElementsByTagNameNS(NS, "Shop");
        for (int i = 0; i < nodes.getLength(); i++) {
            Element e = (Element) nodes.item(i);
            RepairShop s = new RepairShop();
            s.setShopCode(SoapTransport.text(e, "Code"));
            s.setShopName(SoapTransport.text(e, "Name"));
            s.setCity(SoapTransport.text(e, "City"));
            s.setRateCode(SoapTransport.text(e, "Rate"));
            shops.add(s);
        }
        return shops;
    }

    /** Their words into our codes. "CALC" is not in the WSDL but comes. */
    static String ourStatus(String theirs) {
        if ("ACCEPTED".equals(theirs) || "RECEIVED".equals(theirs)) {
            return IConstants.REP_ORDERED;
        }
        if ("ESTIMATE".equals(theirs) || "CALC".equals(theirs)) {
            return IConstants.REP_ESTIMATED;
        }
        if ("FINISHED".equals(theirs)) {
            return IConstants.REP_DONE;
        }
        return IConstants.REP_REFUSED;
    }

    private String open(String operation) {
        // user and password in every message, as the WSDL wants it
        return "<ro:" + operation + " xmlns:ro=\"" + NS + "\">"
                + tag("User", Config.get("repairnet.user", ""))
                + tag("Password", Config.get("repairnet.password", ""));
    }

    private static String tag(String name, String value) {
        return "<ro:" + name + ">" + Utils.xml(value) + "</ro:" + name + ">";
    }
}
