<%@ page contentType="text/html; charset=UTF-8" import="com.harborline.claims.model.*" %>
<%-- rwk 12/2009: card for the wallet, printed from the policy page until the printer was sold --%>
<%
  Policy pol = (Policy) request.getAttribute("policy");
  Policyholder ph = (Policyholder) request.getAttribute("holder");
%>
<html><body>
<table border="1" width="320"><tr><td>
<b>Harborline Mutual</b><br>
<%= pol.getPolicyNo() %><br>
<%= ph.getDisplayName() %><br>
claims: ext. 240
</td></tr></table>
</body></html>
