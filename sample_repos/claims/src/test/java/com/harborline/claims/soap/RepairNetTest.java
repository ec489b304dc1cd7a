package com.harborline.claims.soap;

import static org.junit.Assert.*;

import java.util.List;

import org.junit.After;
import org.junit.Before;
import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.StubRepairNet;
import com.harborline.claims.batch.RepairPollStep;
import com.harborline.claims.model.Claim;
import com.harborline.claims.model.RepairOrder;
import com.harborline.claims.model.RepairShop;
import com.harborline.claims.service.RepairService;
import com.harborline.claims.util.AppException;

public class RepairNetTest extends DbTestCase {

    private StubRepairNet stub;
    private RepairNetClient client;
    private RepairService service;

    @Before
    public void start() throws Exception {
        stub = new StubRepairNet();
        client = new RepairNetClient(stub.url());
        service = new RepairService(client);
    }

    @After
    public void stop() {
        stub.stop();
    }

    private void shops() throws Exception {
        stub.answerBody("<ListShopsResponse xmlns=\"urn:repairnet:orders:1\">"
                + "<Shop><Code>S1</Code><Name>Body Works</Name><City>Bay</City><Rate>A</Rate></Shop>"
                + "<Shop><Code>S2</Code><Name>Lack &amp; Co</Name><City>Bay</City><Rate>B</Rate></Shop>"
                + "</ListShopsResponse>");
    }

    @Test
    public void envelopeOfAnOrder() throws Exception {
        stub.order("R-77", "ACCEPTED");
        RepairOrder o = client.placeOrder("S1", "HL-1", "door <left> & bumper", 120000);
        assertEquals("R-77", o.getPartnerRef());
        assertEquals(REP_ORDERED, o.getStatus());
        String sent = stub.requests.get(0);
        assertTrue(sent.contains("<ro:ShopCode>S1</ro:ShopCode>"));
        assertTrue(sent.contains("door &lt;left&gt; &amp; bumper"));
        assertTrue(sent.contains("<ro:User>tester</ro:User>"));
        assertEquals("\"urn:repairnet:orders:1:PlaceOrder\"", stub.actions.get(0));
    }

    @Test
    public void faultBecomesException() throws Exception {
        stub.fault("shop is closed");
        try {
            client.orderStatus("R-1");
            fail();
        } catch (SoapException e) {
            assertEquals("s:Client", e.getFaultCode());
            assertEquals("shop is closed", e.getMessage());
        }
    }

    @Test
    public void brokenAnswers() throws Exception {
        stub.answer = "Bad gateway";
        try {
            client.orderStatus("R-1");
            fail();
        } catch (SoapException e) {
            assertTrue(e.getMessage().startsWith("answer is no XML"));
        }
        stub.answer = "<x/>";
        try {
            client.orderStatus("R-1");
            fail();
        } catch (SoapException e) {
            assertEquals("FORMAT", e.getFaultCode());
        }
        stub.answer = "<!DOCTYPE x [<!ENTITY e 'y'>]><x>&e;</x>";
        try {
            client.orderStatus("R-1");
            fail();
        } catch (SoapException e) {
            assertTrue(e.getMessage().startsWith("answer is no XML"));
        }
    }

    @Test
    public void noConnection() throws Exception {
        stub.stop();
        try {
            client.orderStatus("R-1");
            fail();
        } catch (SoapException e) {
            assertEquals("IO", e.getFaultCode());
        }
    }

    @Test
    public void statesAreTranslated() {
        assertEquals(REP_ESTIMATED, RepairNetClient.ourStatus("CALC"));
        assertEquals(REP_DONE, RepairNetClient.ourStatus("FINISHED"));
        assertEquals(REP_REFUSED, RepairNetClient.ourStatus("whatever"));
    }

    @Test
    public void importedShopsBecomePayees() throws Exception {
        shops();
        assertEquals(2, service.importShops("Bay"));
        assertEquals(0, service.importShops("Bay"));
        List<RepairShop> shops = service.shops("Bay");
        assertEquals("Lack & Co", shops.get(1).getShopName());
        assertEquals("2", value("SELECT COUNT(*) FROM PAYEE WHERE PAYEE_KIND = 'S'"));
    }

    @Test
    public void orderAndPoll() throws Exception {
        shops();
        service.importShops("Bay");
        Claim c = claim(autoPolicy(), COV_COLL);
        stub.order("R-9", "RECEIVED");
        service.order(c.getClaimId(), "S1", "door", "anna");
        assertTrue(stub.requests.get(1).contains("<ro:LimitCents>240000</ro:LimitCents>"));
        assertEquals("ORDERED", value("SELECT REPAIR_STATE FROM CLAIM"));
        stub.state("ESTIMATE", 98000);
        assertEquals(1, new RepairPollStep(service).run());
        assertEquals(0, service.poll());
        assertEquals("98000", value("SELECT ESTIMATE_CENTS FROM REPAIR_ORDER"));
        assertEquals("ESTIMATED", value("SELECT REPAIR_STATE FROM CLAIM"));
        stub.fault("busy");
        assertEquals(0, service.poll());
    }

    @Test
    public void orderIsChecked() throws Exception {
        Claim c = claim(autoPolicy(), COV_LIAB);
        try {
            service.order(c.getClaimId(), "S1", "door", "anna");
            fail();
        } catch (AppException e) {
            assertEquals("N-102", e.getCode());
        }
        Claim d = claim(autoPolicy(), COV_COLL);
        try {
            service.order(d.getClaimId(), "S1", "door", "anna");
            fail();
        } catch (AppException e) {
            assertEquals("N-103", e.getCode());
        }
        assertEquals(0, stub.requests.size());
    }
}
