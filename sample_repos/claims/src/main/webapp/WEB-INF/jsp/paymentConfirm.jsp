<%@ page contentType="text/html; charset=UTF-8" import="com.harborline.claims.model.Payment" %>
<%@ include file="head.jsp" %>
<% Payment pay = (Payment) session.getAttribute(IConstants.SES_PENDING_PAYMENT); %>
<h1>Pay <%= Utils.fmtCents(pay.getAmountCents()) %>?</h1>
<p>Claim <%= DbUtil.claimNo(pay.getClaimId()) %>, reserve <%= pay.getReserveType() %></p>
<form method="post" action="<%= ctx %>/payment"><button name="what" value="confirm">Yes</button></form>
<%@ include file="foot.jsp" %>
